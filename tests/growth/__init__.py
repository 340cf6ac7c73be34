"""That no cost grows with the log: work is counted (rows, statements, hashes, signatures), never time."""
