"""The shapes of the tables that a policy file is made of; config/policy.py puts them together."""
