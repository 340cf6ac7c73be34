"""Witnesses over HTTP: the small server of one, and the asking of many."""
