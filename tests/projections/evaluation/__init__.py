"""A year's evaluation: each section against figures worked out by hand, and what a conclusion binds."""
