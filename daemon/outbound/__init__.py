"""Deliver letters to the relay or a maildir, with retries, and raise the alarm when none can be delivered."""
