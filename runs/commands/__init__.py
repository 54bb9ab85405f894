"""The commands by what they are for: their options and help. What they do is imported when one is called."""
