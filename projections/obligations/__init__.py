"""What is due from whom and when, and what became of it: a pure core, and what people are shown of it."""
