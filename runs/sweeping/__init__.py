"""Many runs: sweeps of anything, of bodies and of cohorts, on this machine or a cluster, kept in a folder."""

if __name__ == "runs.sweeping":
    raise ImportError("import insulattice.runs.sweeping, not runs.sweeping")
