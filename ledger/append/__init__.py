"""Appending: from a signed submission to a receipt that survives a crash."""
