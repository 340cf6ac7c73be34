"""What an operator sees of a running server: metrics, and the lines of its log."""
