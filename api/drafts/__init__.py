"""Drafts: what would happen to events if they were signed and came now."""
