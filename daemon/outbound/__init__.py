"""How letters get out: to the relay or a maildir, tried again, and the alarm when none leaves."""
