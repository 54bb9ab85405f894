"""Tables in, numbers and figures out."""

if __name__ == "analysis":
    raise ImportError("import insulattice.analysis, not analysis")
