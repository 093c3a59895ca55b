"""Separate what the sender wrote from quoted text, gateway banners and signatures."""
