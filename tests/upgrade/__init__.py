"""Upgrade tests: an installation of an earlier version goes on working in this one.

`installation` holds settings, keys, the company's own policies and texts, and the database (SQLite, and the same as a
PostgreSQL dump); `letters` holds letters from people's mailboxes. None of it may be changed: it stands for companies
that upgrade.
"""
