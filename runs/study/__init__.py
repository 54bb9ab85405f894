"""Studies: published experiments as files, the virtual subjects that live through them, and what they show."""
