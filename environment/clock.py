"""Lengths of time that all of the environment counts with."""

DAY = 1440
"""[min]."""
DAYS_PER_YEAR = 365.25
DAYS_MAX = 36_600.0
"""The longest life or schedule that is taken, about a century."""
