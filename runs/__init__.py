"""Where time passes: simulations, records, studies and the command line."""

if __name__ == "runs":
    raise ImportError("import insulattice.runs, not runs")
