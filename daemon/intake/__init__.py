"""From a claimed inbox row to an event for a case: which case, what the mail means, what became of it."""
