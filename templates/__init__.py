"""Letter templates: a Markdown source for each notice and language, rendered to subject, plain text, HTML and PDF."""
