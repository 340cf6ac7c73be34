"""The log as it grows: what is told of each entry, and to whom; by position, never by time."""
