"""What follows from a customer's mail."""
