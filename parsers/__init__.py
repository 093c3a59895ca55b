"""Parse mail: pure functions from bytes or text to values, without clock, database or network."""
