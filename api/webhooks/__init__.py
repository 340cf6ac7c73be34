"""Webhooks: each new entry is told to addresses that the operator names, in order, at least once."""
