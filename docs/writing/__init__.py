"""What writes pages of the documentation from code and tables: equations, mechanisms, interventions, arrows, numbers."""
