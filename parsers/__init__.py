"""Bytes and text in, values out. Nothing here knows a clock, a database or a network."""
