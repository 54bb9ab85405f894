"""What a cell is: mechanisms, cell types, populations and the compiled step."""

if __name__ == "agents":
    raise ImportError("import insulattice.agents, not agents")
