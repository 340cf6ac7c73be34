"""A year's evaluation in the four directions of a programme: the figures, and what was concluded of them."""
