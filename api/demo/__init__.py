"""The seeded ledger that `make demo` serves."""
