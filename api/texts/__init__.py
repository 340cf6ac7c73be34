"""What Pledger says, in Ukrainian and in English."""
