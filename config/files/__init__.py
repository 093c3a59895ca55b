"""Files read and written: settings, policies, keys, numbers; every fault told by file, key and value."""
