"""The Django application of history_peer.py: it is imported in the peers' environment alone."""
