"""Tables of what the door refuses: a row for every code, each provoked by signed envelopes."""
