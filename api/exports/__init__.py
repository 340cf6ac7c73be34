"""Whole tables of the ledger, of one day and position, in bounded memory: docs/bulk.md."""
