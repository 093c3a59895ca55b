"""The history of the tables, one step in each file of versions/."""
