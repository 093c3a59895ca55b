"""The running parts: the edges where mail comes in and goes out, and the decision in the middle."""
