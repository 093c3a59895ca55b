"""Decode the octets of a mail into text and files: MIME structure, charsets, HTML, attachments."""
