"""What grows with the log: `make growth` measures every cost at several sizes of one ledger and fits it."""
