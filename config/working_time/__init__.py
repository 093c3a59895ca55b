"""Working days, opening hours, and the instant at which a period ends."""
