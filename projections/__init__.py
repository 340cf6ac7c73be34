"""The read side: what the record adds up to on a given date."""
