"""The routes, a file per theme: parameters → a read model or the ledger → an answer."""
