"""The shapes of the tables in a policy file; config/policy.py combines them."""
