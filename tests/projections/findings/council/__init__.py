"""A generated council: years of lawful work, and irregularities that were put there on purpose."""
