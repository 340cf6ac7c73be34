"""Where entries are kept: SQLite and PostgreSQL, which only insert and select."""
