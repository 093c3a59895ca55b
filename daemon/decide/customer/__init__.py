"""Mail of customers: what it changes."""
