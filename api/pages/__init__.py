"""Pages for people: a page is a template over what its JSON twin answers, asked in process (asking.py)."""
