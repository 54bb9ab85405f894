"""What leaves the model in formats that others read: cells as SBML and as AnnData."""
