"""The mechanisms: one file of biology each."""

if __name__ == "agents.mechanisms":
    raise ImportError("import insulattice.agents.mechanisms, not agents.mechanisms")
