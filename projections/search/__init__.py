"""Search: what entries say, word by word, and how a question is matched with it."""
