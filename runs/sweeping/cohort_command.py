"""The command ``cohort``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ..console import BAD_INPUT, bad_input, complain, number, show_json, show_table
from .sweep_command import leave_if_failed, number_of_failed, run_sweep, show_counts

if TYPE_CHECKING:
    import pandas as pd

    from .cohort import CohortExperiment


@dataclass
class CohortCommand:
    """``insulattice cohort``."""

    phenotype: str
    people: dict[str, Any]
    arms: list[str]
    subjects: int
    days: float
    design: str
    outcomes: list[str]
    tests: list[str]
    cells: int
    seed: int
    full: bool
    out: Path
    options: dict[str, Any]
    as_json: bool

    def run(self) -> None:
        """Do the trial, show what it found, and leave with an exit status."""
        with bad_input():
            experiment, points = self._checked()
        result = run_sweep(experiment, points, [self.seed], self.options | {"out": self.out})
        manifest, table = result.manifest, result.table
        unknown = self._unknown(table) if len(table) else {}
        found = self._found(table, unknown) if len(table) else {}
        if self.as_json:
            outcomes = {name: rows.to_dict(orient="records") for name, rows in found.items()}
            show_json(
                {"folder": str(result.folder), "failed": number_of_failed(manifest), "outcomes": outcomes}
            )
        else:
            for name, rows in found.items():
                words = [[number(value) for value in row] for row in rows.itertuples(index=False)]
                show_table(f"{name}: change in {self.days:g} days", [list(rows.columns), *words])
            show_counts(result.folder, manifest)
        for outcome, nearest_one in unknown.items():
            complain(f"no outcome is called {outcome!r}.{nearest_one} Nothing is lost, name another")
        leave_if_failed(manifest)
        if unknown:
            raise typer.Exit(BAD_INPUT)

    def _checked(self) -> tuple[CohortExperiment, list[dict[str, Any]]]:
        """Return experiment and points, or raise a ValueError before anything long begins."""
        from ...environment.body import MOST_SEED
        from ..arms import read_arms
        from ..fitting.batch import check_whole
        from .cluster import check_dask
        from .cohort import CohortExperiment, trial_points

        if self.options["scheduler"] != "here":
            check_dask()
        check_whole("--seed", self.seed, 0, MOST_SEED)
        arms = read_arms(self.arms)
        people = tuple((name, value) for name, value in self.people.items() if value is not None)
        words = tuple((name, tuple(repr_of(rule) for rule in rules)) for name, rules in arms.items())
        experiment = CohortExperiment(
            self.phenotype, people, words, self.days, self.cells, not self.full, tuple(self.tests)
        )
        experiment.check_all()
        for outcome in self.outcomes:
            if outcome.partition(".")[0] not in (*self.tests, "now"):
                raise ValueError(
                    f"outcome {outcome!r}, allowed: TEST.NUMBER, with a test of {', '.join(self.tests)} or now"
                )
        return experiment, trial_points(list(arms), self.subjects, self.design, self.seed)

    def _unknown(self, table: pd.DataFrame) -> dict[str, str]:
        """Return outcomes that no run has, with the nearest that there is."""
        from ...agents.parameters import nearest

        known = [
            name.removeprefix("after.") for name in table["output"].unique() if name.startswith("after.")
        ]
        return {name: nearest(name, known) for name in self.outcomes if name not in known}

    def _found(self, table: pd.DataFrame, unknown: Collection[str]) -> dict[str, pd.DataFrame]:
        """Return how arms compare, by outcome."""
        from ...analysis.trial import compare_arms

        arms = [arm.partition(":")[0].strip() for arm in self.arms]
        return {
            name: compare_arms(table, arms, name, self.design == "crossover")
            for name in self.outcomes
            if name not in unknown
        }


def repr_of(rule: Any) -> str:
    """Return a rule in the words that make it."""
    from ..provenance import describe_rule

    facts = describe_rule(rule)
    facts.pop("rule")
    pairs = [f"{name}={value}" for name, value in facts.items() if value is not None]
    return " ".join([rule.name, *pairs])
