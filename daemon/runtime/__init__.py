"""The process: worker threads, logging, status, and the checks made at start."""
