"""What the data say of numbers of the model where they stand; written into its data by a named command only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ...agents.parameters import ParameterTable
from ...analysis.identifiability import Information
from .. import posterior as kept
from ..folders import DATA
from ..parameter_space import Space
from ..record import save_whole
from .evaluations import Answers, Evaluator, Tally
from .fit import Plan, usual_step
from .objective import LOSS_SCALE, Objective


def identify(
    table: ParameterTable,
    plans: Sequence[Plan],
    jobs: int,
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    step: float | None = None,
) -> tuple[Space, Information, Tally]:
    """Return the numbers of some stages together, what their data say of them, and how the work went.

    Parameters
    ----------
    table : ParameterTable
        The standard one: numbers are looked at where they stand in it.
    plans : sequence of Plan
    jobs : int
        Processes.
    folder : Path
        Where evaluations are kept.
    progress : callable, optional
        Called with the evaluations done and in all.
    step : float, optional
        Of differences [1 = the whole range]; :func:`.usual_step` of the stages if not given.
    """
    space = Space(table, [row for plan in plans for row in plan.rows])
    experiments = [one for plan in plans for one in plan.experiments]
    evaluator = Evaluator(space, experiments, Answers(folder), jobs, progress)
    evaluator.expected = (2 * len(space) + 1) * len(experiments)
    stages = [plan.stage for plan in plans]
    objective = Objective(evaluator, step=usual_step(stages) if step is None else step)
    slopes = objective.jacobian(space.present, central=True)
    residuals = objective.residuals(space.present)
    return space, Information.of(space.labels, slopes, residuals, LOSS_SCALE), evaluator.tally


def identified_rows(space: Space, information: Information) -> pd.DataFrame:
    """Return what the data say of each number: in parts of its range, and in its unit."""
    rows = information.table()
    slopes = [axis.slope(axis.row.value) for axis in space.axes]
    rows.insert(1, "value", [axis.row.value for axis in space.axes])
    rows.insert(2, "unit", [axis.row.unit for axis in space.axes])
    rows.insert(3, "low", [axis.row.low for axis in space.axes])
    rows.insert(4, "high", [axis.row.high for axis in space.axes])
    rows.insert(5, "scale", ["logarithmic" if axis.logarithmic else "linear" for axis in space.axes])
    rows.insert(6, "standard_error_in_unit", rows["standard_error"] * slopes)
    return rows


def write_identified(
    space: Space,
    information: Information,
    rows: pd.DataFrame,
    plans: Sequence[Plan],
    made_by: Mapping[str, Any],
) -> list[str]:
    """Write what was found into the data of the model: numbers, directions and posterior; return the files.

    Raises
    ------
    ValueError
        If they cannot be written; all of them stay as they were.
    """
    studies = ", ".join(dict.fromkeys(one.name for plan in plans for one in plan.experiments))
    stages = ", ".join(plan.stage for plan in plans)
    remarks = [
        f"Made by insulattice identifiability, of stage {stages}, on {made_by['started'][:10]}.",
        f"Parameters {made_by['parameters']}, code {made_by['code']}. Data: {studies}.",
    ]
    head = "".join(f"# {remark}\n" for remark in remarks)
    texts = {
        DATA / "identifiability.csv": head + rows.to_csv(index=False),
        DATA / "identifiability_directions.csv": head + information.directions().to_csv(index=False),
        kept.POSTERIOR: kept.Posterior.of(space, information.covariance).text(remarks),
    }
    try:
        save_whole({path: _text_writer(text) for path, text in texts.items()})
    except OSError as error:
        raise ValueError(f"cannot write {error.filename}: {error.strerror}") from None
    return [str(path) for path in texts]


def _text_writer(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8")
