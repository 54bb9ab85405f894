"""Where cells live and what acts on them."""

if __name__ == "environment":
    raise ImportError("import insulattice.environment, not environment")
