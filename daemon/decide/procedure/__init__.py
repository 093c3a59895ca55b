"""The meaning of what a policy says: steps, promises, notices, details, appointments, quotes."""
