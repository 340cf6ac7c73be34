"""`make demo-postgres`: the demo's ledger moved to PostgreSQL, served by two processes, and failed over.

It lies with the tests because its PostgreSQL is a wheel that only developers install.
"""
