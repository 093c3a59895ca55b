"""The process itself: worker threads, logging, status, and what is found at start."""
