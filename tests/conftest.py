"""Shared fixtures. Which warnings are errors is said in setup.cfg."""
