"""The write side: what may be said, by whom, and how it is kept."""
