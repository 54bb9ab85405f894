"""Studies as experiments: what is predicted of each expectation, under given parameters; and quantities by name.

A quantity is called

- ``STUDY:TEST.QUANTITY``: an expectation of a study, shipped or a file, as ``hundal2000:fasting.egp``; where several
  are alike, ``#2`` behind it is the second of them in the file;
- ``STUDY``: all expectations of a study;
- ``PHENOTYPE:TEST.QUANTITY``: that of subjects of a phenotype as they come, in a usual test, as ``lean:clamp.m_value``;
- ``cell:CONDITION.SIGNAL``: insulin of half the effect on a signal of the isolated adipocyte, as ``cell:t2d.akt_s473``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite, nan
from typing import Any, NamedTuple

from ...agents.parameters import ParameterTable, nearest
from ...analysis.expectations import NORMAL_95, observed_interval
from ...environment.phenotype import read_phenotypes
from ..scheduler import Scheduler
from ..sources import digest_of
from ..study.checks import check_study
from ..study.command import find_studies
from ..study.file import read_study
from ..study.places import Wrong
from ..study.running import Options, StudyResult, StudyRun, Values
from ..study.schema import PROTOCOLS, Arm, Expect, Population, Step, Study
from .cell_experiments import half_dose_experiment
from .evaluations import Answer, Datum, Experiment, Number

AS_IT_COMES = "as it comes"
USUAL_TESTS = ("fasting", "clamp", "ogtt", "meal", "ivgtt", "biopsy")
CELL = "cell"
NOT_SHAPING = ("id", "title", "source")
CODE = "runs.study.running"
"""The module on whose files the answers of studies depend."""
OF_THE_OBSERVED = ("observed", "ci95", "sem", "sd", "n", "unit")


def label_of(expect: Expect) -> str:
    """Return what is expected in words, as ``fasting.egp, metformin versus before, percent change``."""
    what = f"{expect.test}.{expect.quantity}" + (f" {expect.when}" if expect.when else "")
    who = expect.arm + (f" versus {expect.versus}" if expect.versus else "")
    kind = "" if expect.kind == "value" else f", {expect.kind.replace('_', ' ')}"
    return f"{what}, {who}{kind}" + (" per lean mass" if expect.basis == "lean" else "")


def labels_of(expects: Iterable[Expect]) -> list[str]:
    """Return what is expected in words; what is alike is numbered."""
    found: list[str] = []
    for label in map(label_of, expects):
        number = 1
        while (numbered := label if number == 1 else f"{label} #{number}") in found:
            number += 1
        found.append(numbered)
    return found


@dataclass(frozen=True)
class StudyExperiment:
    """A study, as many of its expectations as it holds.

    Attributes
    ----------
    study : Study
    options : Options
        Subjects, cells, seed, and whether every minute is lived.
    labels : tuple of str
        Of its expectations in words, if not as :func:`labels_of` has them.
    """

    study: Study
    options: Options = field(default_factory=Options)
    labels: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Id of the study."""
        return self.study.id

    @property
    def source(self) -> str:
        """Its paper."""
        return self.study.source

    @property
    def outputs(self) -> Sequence[str]:
        """Expectations in words."""
        return self.labels or tuple(labels_of(self.study.expect))

    @property
    def units(self) -> dict[str, str]:
        """Units by expectation."""
        return dict(zip(self.outputs, (expect.row_unit for expect in self.study.expect), strict=True))

    def key(self, table: ParameterTable) -> str:
        """Return what is simulated, and the parameters."""
        whole = self.study.model_dump(mode="json", by_alias=True)
        for expect in whole["expect"]:
            for name in OF_THE_OBSERVED:
                expect.pop(name, None)
        for name in NOT_SHAPING:
            whole.pop(name)
        options = self.options
        chosen = [options.subjects, options.cells, options.seed, options.full]
        return json.dumps(
            [whole, self.outputs, chosen, digest_of(CODE, parameters=False), table.fingerprint()]
        )

    def begin(
        self, scheduler: Scheduler, rank: int, values: Values, then: Callable[[Answer, str], None]
    ) -> None:
        """Hand over the work of its subjects."""
        outputs = self.outputs

        def finished(result: StudyResult) -> None:
            numbers = [
                Number(nan, compared=one.compared, reason=one.error)
                if one.found is None
                else Number(one.found.value, one.found.error, one.compared)
                for one in result.seen
            ]
            then(dict(zip(outputs, numbers, strict=True)), result.lost)

        StudyRun(self.study, replace(self.options, values=values), rank, finished).begin(scheduler)

    def data(self, answer: Answer) -> list[Datum]:
        """Return what was observed; an error that is not given is that of :func:`.observed_interval`."""
        found = []
        for label, expect in zip(self.outputs, self.study.expect, strict=True):
            compared = answer[label].compared if label in answer else nan
            found.append(Datum(label, expect.observed, _standard_error(expect, compared)))
        return found

    def of(self, places: Iterable[int]) -> StudyExperiment:
        """Return the same study with some of its expectations, by their place."""
        places, labels = list(places), self.outputs
        study = self.study.model_copy(update={"expect": [self.study.expect[place] for place in places]})
        return replace(self, study=study, labels=tuple(labels[place] for place in places))


def _standard_error(expect: Expect, compared: float) -> float:
    """Return the standard error of what was observed; one of nothing is taken as not given."""
    given = (expect.ci95, expect.sem, expect.sd, expect.n)
    for ci95, sem, sd, n in (given, (None, None, None, None)):
        low, high = observed_interval(expect.kind, expect.observed, ci95, sem, sd, n, compared)
        error = (high - low) / (2.0 * NORMAL_95)
        if isfinite(error) and error > 0.0:
            return error
    return 1.0


# ---- quantities by name ---------------------------------------------------------------------------------------------


class Named(NamedTuple):
    """A quantity: its label, the experiment that gives it, its name there, and its unit."""

    label: str
    experiment: Experiment
    output: str
    unit: str


def find_quantities(given: Sequence[str], options: Options) -> list[Named]:
    """Return the quantities of names; those of one study, or of one phenotype, share an experiment.

    Raises
    ------
    ValueError
        For a name that is nothing of what is allowed.
    """
    if not given:
        raise ValueError(f"no quantity is given, allowed: {ALLOWED}")
    found: list[tuple[str, str, str]] = []
    gathered = _Gathered(options)
    for text in dict.fromkeys(given):
        found += gathered.take(text)
    experiments = gathered.experiments()
    return [
        Named(label, experiments[owner], output, _unit(experiments[owner], output))
        for label, owner, output in found
    ]


ALLOWED = (
    "STUDY:TEST.QUANTITY as hundal2000:fasting.egp, STUDY for all of a study, PHENOTYPE:TEST.QUANTITY as "
    "lean:clamp.m_value, or cell:CONDITION.SIGNAL as cell:normal.akt_s473"
)


def _unit(experiment: Experiment, output: str) -> str:
    return experiment.units[output] if isinstance(experiment, StudyExperiment) else "nM"


def usual_test(name: str) -> Any:
    """Return a test as it is usually done: a clamp is three hours at 40 mU/m2/min."""
    more = {"steps": [Step(insulin_mU_m2_min=40.0, minutes=180.0)]} if name == "clamp" else {}
    return PROTOCOLS[name].model_validate({"name": name, "protocol": name, **more})


class _Gathered:
    """Quantities on the way to few experiments."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.studies: dict[str, Study] = {}
        self.wanted: dict[str, list[int]] = {}
        self.cells: dict[str, Experiment] = {}

    def take(self, text: str) -> list[tuple[str, str, str]]:
        """Return label, owner and name there of each quantity that a text stands for."""
        whose, colon, what = text.partition(":")
        if whose == CELL and colon:
            return [self._of_cell(text, what)]
        if whose in read_phenotypes() and colon:
            return [self._of_phenotype(text, whose, what)]
        return self._of_study(text, whose, what if colon else None)

    def experiments(self) -> dict[str, Experiment]:
        """Return the experiments by owner."""
        made: dict[str, Experiment] = dict(self.cells)
        for owner, study in self.studies.items():
            made[owner] = StudyExperiment(study, self.options).of(self.wanted[owner])
        return made

    def _of_cell(self, text: str, what: str) -> tuple[str, str, str]:
        condition, _, signal = what.partition(".")
        experiment = half_dose_experiment(condition)
        if signal not in experiment.outputs:
            near = nearest(signal, list(experiment.outputs), listed=True)
            raise ValueError(f"{text}: signal {signal!r}, allowed: {', '.join(experiment.outputs)}.{near}")
        self.cells[f"{CELL}:{condition}"] = experiment
        return text, f"{CELL}:{condition}", signal

    def _of_phenotype(self, text: str, phenotype: str, what: str) -> tuple[str, str, str]:
        test, dot, quantity = what.partition(".")
        if test not in USUAL_TESTS or not dot:
            near = nearest(test, USUAL_TESTS, listed=True)
            raise ValueError(
                f"{text}: test {test!r}, allowed: {', '.join(USUAL_TESTS)}, then .QUANTITY.{near}"
            )
        expect = Expect.model_validate(
            {"test": test, "arm": AS_IT_COMES, "quantity": quantity, "observed": 0.0}
        )
        study = self.studies.get(phenotype)
        tests = [usual_test(name) for name in USUAL_TESTS]
        expects = [*(study.expect if study else []), expect]
        made = Study(
            id=phenotype,
            population=Population(phenotype=phenotype),
            arms=[Arm(name=AS_IT_COMES)],
            tests=tests,
            expect=expects,
        )
        try:
            check_study(made, phenotype)
        except Wrong as error:
            words = re.sub(r"^expect\[\d+\]\.\w+(?:: | is )", "", str(error))
            raise ValueError(f"{text}: {words}") from None
        self.studies[phenotype] = made
        self.wanted.setdefault(phenotype, []).append(len(expects) - 1)
        return text, phenotype, labels_of(expects)[-1]

    def _of_study(self, text: str, whose: str, what: str | None) -> list[tuple[str, str, str]]:
        if whose in read_phenotypes():
            raise ValueError(f"{text}: a phenotype alone, allowed: {ALLOWED}")
        paths = find_studies([whose])
        if len(paths) != 1:
            raise ValueError(f"{text}: {whose} is {len(paths)} studies, allowed: {ALLOWED}")
        study = read_study(paths[0])
        self.studies[study.id] = study
        places = range(len(study.expect)) if what is None else [place_of(study, what, text)]
        wanted = self.wanted.setdefault(study.id, [])
        wanted += [place for place in places if place not in wanted]
        labels = labels_of(study.expect)
        return [
            (f"{study.id}: {labels[place]}" if what is None else text, study.id, labels[place])
            for place in places
        ]


def place_of(study: Study, what: str, text: str) -> int:
    """Return the place of the expectation that ``TEST.QUANTITY`` or ``TEST.QUANTITY#NUMBER`` stands for.

    Raises
    ------
    ValueError
        If there is none, or there are several.
    """
    bare, _, number = what.partition("#")
    names = [f"{expect.test}.{expect.quantity}" for expect in study.expect]
    places = [place for place, name in enumerate(names) if name == bare]
    labels = labels_of(study.expect)
    if not places:
        raise ValueError(f"{text}: {study.id} expects no {bare!r}.{nearest(bare, sorted(set(names)))}")
    if not number and len(places) == 1:
        return places[0]
    if not number.isdecimal() or not 1 <= int(number) <= len(places):
        which = "; ".join(f"{bare}#{rank + 1} ({labels[place]})" for rank, place in enumerate(places))
        raise ValueError(f"{text}: {study.id} expects {bare} {len(places)} times, allowed: {which}")
    return places[int(number) - 1]
