"""Whoever tampers with a ledger or a bundle is found out, and told in the right words."""
