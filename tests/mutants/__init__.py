"""Planted bugs: one-line changes to the source, each of which must make a test fail."""
