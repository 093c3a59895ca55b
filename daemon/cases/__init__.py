"""How a case is loaded, changed, saved, exported and erased."""
