"""Random and mutated input for every codec, rule and door; `make fuzz` looks for crashes by coverage."""
