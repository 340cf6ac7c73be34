"""Words for people, in Ukrainian and English: every text of the doors has both."""
