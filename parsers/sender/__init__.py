"""Who wrote a mail, a person or a program, whether that is proven, and which case it belongs to."""
