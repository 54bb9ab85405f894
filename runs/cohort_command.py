"""The command ``cohort``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .console import FAILED_RUN, bad_input, complain, number, show_json, show_table
from .sweep_command import run_sweep

if TYPE_CHECKING:
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
        failed = manifest[manifest["status"] != "done"]
        found = self._found(table) if len(table) else {}
        if self.as_json:
            rows = {name: rows.to_dict(orient="records") for name, rows in found.items()}
            show_json({"folder": str(result.folder), "failed": len(failed), "outcomes": rows})
        else:
            for name, rows in found.items():
                words = [[number(value) for value in row] for row in rows.itertuples(index=False)]
                show_table(f"{name}: change in {self.days:g} days", [list(rows.columns), *words])
            typer.echo(
                f"{len(manifest) - len(failed)} of {len(manifest)} runs done; results in {result.folder}"
            )
        for error, count in failed["error"].value_counts().items():
            complain(f"{count} {'run' if count == 1 else 'runs'} failed: {error}")
        if len(failed):
            raise typer.Exit(FAILED_RUN)

    def _checked(self) -> tuple[CohortExperiment, list[dict[str, Any]]]:
        """Return experiment and points, or raise a ValueError before anything long begins."""
        from ..environment.body import MOST_SEED
        from .arms import read_arms
        from .cluster import check_dask
        from .cohort import CohortExperiment, trial_points
        from .fitting.batch import check_whole

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

    def _found(self, table: Any) -> dict[str, Any]:
        """Return how arms compare, by outcome."""
        from ..agents.parameters import nearest
        from ..analysis.trial import compare_arms

        known = [
            name.removeprefix("after.") for name in table["output"].unique() if name.startswith("after.")
        ]
        names = [arm.partition(":")[0].strip() for arm in self.arms]
        found = {}
        for outcome in self.outcomes:
            if outcome in known:
                found[outcome] = compare_arms(table, names, outcome, self.design == "crossover")
            else:
                complain(f"no outcome is called {outcome!r}.{nearest(outcome, known)}")
        return found


def repr_of(rule: Any) -> str:
    """Return a rule in the words that make it."""
    from .provenance import describe_rule

    facts = describe_rule(rule)
    facts.pop("rule")
    pairs = [f"{name}={value}" for name, value in facts.items() if value is not None]
    return " ".join([rule.name, *pairs])
