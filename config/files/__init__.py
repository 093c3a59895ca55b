"""Read and write files: settings, policies, keys, numbers. Every fault is reported with its file, key and value."""
