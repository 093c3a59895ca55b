"""Letters: from a notice that is due to the bytes of a mail, with its context, headers and files."""
