"""Worst-case cost of a regular expression that a company writes, computed before the expression is run on mail."""
