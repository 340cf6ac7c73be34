"""What breaks, and what must follow: real servers as processes, under load, on each store.

The table is table.py; docs/faults.md shows it to people.
"""
