"""The store of many machines: PostgreSQL by psycopg 3, one head row locked for each group."""
