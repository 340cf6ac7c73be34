"""Search: words, what they are found by, and at which position."""
