"""The facts that a policy asks for, found in what a mail says and in its files."""
