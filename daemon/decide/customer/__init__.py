"""Decide what mail of customers changes."""
