"""The log key's signer: its files, its memory, and the signer as a service that many processes ask."""
