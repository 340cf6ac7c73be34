"""How much a server takes from one address, under one key, and at once."""
