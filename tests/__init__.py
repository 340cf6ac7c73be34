"""The tests; their folders mirror the three packages."""
