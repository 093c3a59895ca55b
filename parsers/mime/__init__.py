"""From the octets of a mail to text and files: MIME structure, charsets, HTML, attachments."""
