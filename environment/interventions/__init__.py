"""Interventions: one rule each."""

if __name__ == "environment.interventions":
    raise ImportError("import insulattice.environment.interventions, not environment.interventions")
