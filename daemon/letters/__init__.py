"""From a notice that is due to the bytes of a letter: to whom, what it can say, its headers and files."""
