"""Pages, through the HTTP door."""
