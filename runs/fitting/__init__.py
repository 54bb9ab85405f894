"""Parameters against data: fits, identifiability and sensitivity."""
