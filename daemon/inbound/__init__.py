"""How mail gets in: SMTP, LMTP, submission, IMAP folders, files. All of it ends in the inbox."""
