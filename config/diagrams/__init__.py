"""Show a policy to people: its steps as a graph and as text, and the reference of its keys."""
