"""Where projections are kept: SQLite and PostgreSQL, which answer the same questions in the same words."""
