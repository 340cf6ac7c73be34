"""The read side, asked about random histories, both programmes, and what goes wrong."""
