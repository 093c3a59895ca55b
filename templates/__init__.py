"""The letters: one Markdown source per notice and language, and what makes a subject, plain text and HTML of it."""
