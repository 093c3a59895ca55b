"""An installation of an earlier version, as a company left it: what it wrote and promised goes on in this one.

`installation` holds settings, keys, the company's own policies and words, and the database (SQLite, and the same as
a PostgreSQL dump); `letters` what lies in people's mailboxes. None of it is ever changed: it stands for companies
that upgrade.
"""
