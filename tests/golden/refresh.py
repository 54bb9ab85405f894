"""Recorded trajectories. Run by hand, this writes them anew and says what moved: ``python tests/golden/refresh.py``."""

from pathlib import Path

import numpy as np
import pandas as pd

from insulattice.environment import Body, Clamp, MixedMeal
from insulattice.runs import simulate

FOLDER = Path(__file__).parent
CELLS = 120
SETTLED_CELLS = 60  # those of the fixture lean_body, so that its settling serves here too

TRAJECTORIES = {
    "lean_meal": lambda: simulate(Body("lean", CELLS, settle=False), MixedMeal(hours=4), every=10),
    "obese_t2d_meal": lambda: simulate(Body("obese_t2d", CELLS, settle=False), MixedMeal(hours=4), every=10),
    "lean_settled_clamp": lambda: simulate(Body("lean", SETTLED_CELLS), Clamp(hours=1), every=10),
}
"""A body without settling shows a change of any mechanism; the settled one shows what settling makes of it."""


def live(name: str) -> pd.DataFrame:
    """Live a trajectory: one row for each quantity of blood, body, organs and means of cells, one column a time."""
    table = TRAJECTORIES[name]().table
    wide = table.pivot(index=["compartment", "quantity", "unit"], columns="time", values="value")
    return wide.rename(columns="{:g}".format)


def file_of(name: str) -> Path:
    """Return the file that holds a trajectory."""
    return FOLDER / f"{name}.csv"


def recorded(name: str) -> pd.DataFrame:
    """Return a trajectory as it was recorded."""
    return pd.read_csv(file_of(name), index_col=["compartment", "quantity", "unit"])


def moved(old: pd.DataFrame, new: pd.DataFrame) -> pd.Series:
    """Return for each quantity that both have its largest change, relative to its largest value [1]."""
    rows, times = old.index.intersection(new.index), old.columns.intersection(new.columns)
    before, after = old.loc[rows, times], new.loc[rows, times]
    size = before.abs().max(axis="columns").clip(lower=np.finfo(float).tiny)
    return ((after - before).abs().max(axis="columns") / size).sort_values(ascending=False)


def refresh() -> list[str]:
    """Write every trajectory anew; return what is to be said of it."""
    lines = []
    for name in TRAJECTORIES:
        new = live(name)
        if file_of(name).exists():
            changes = moved(recorded(name), new)
            lines += [
                f"{name}: {(changes > 1e-6).sum()} of {len(changes)} quantities moved by more than 1e-6"
            ]
            lines += [f"  {' '.join(key[:2])}: {change:.2g}" for key, change in changes.head(5).items()]
        else:
            lines += [f"{name}: new"]
        new.to_csv(file_of(name), float_format="%.10g", lineterminator="\n")
    return [
        *lines,
        "If numbers moved, say so in CHANGELOG.md under 'Results change', with what it does to the M-values.",
    ]


if __name__ == "__main__":
    print("\n".join(refresh()))
