"""What waits for an office, theme by theme; projections/inbox.py puts it together."""
