"""What a company's own regular expression costs on the worst text, counted before it is ever run on mail."""
