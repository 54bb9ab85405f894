"""What writes pages from code and tables: equations, mechanisms, interventions, arrows, numbers."""
