"""A policy shown to people: its steps as a graph and a text, and the reference of its keys."""
