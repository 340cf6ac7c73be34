"""Readers that turn files of other systems into events."""
