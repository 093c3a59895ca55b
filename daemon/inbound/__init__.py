"""Take mail in by SMTP, LMTP, submission, IMAP and from files, and store it in the inbox."""
