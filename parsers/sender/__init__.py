"""Determine who sent a mail (person or program), whether that is authenticated, and which case it belongs to."""
