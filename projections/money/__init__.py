"""Money over its whole chain: by source and budget code, its moves, its check against the treasury."""
