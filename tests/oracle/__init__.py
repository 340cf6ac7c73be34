"""An oracle of the rule of state, written from the document alone."""
