"""Rounds that keep what witnesses and a time-stamping authority say of the log, and what is shown of it."""
