"""Set, level and tissue of an expectation, by rule: from where its file lies, and from its rules, test and quantity.

The *set* is the folder of the file. The *level* is the first of these that fits:

* ``intervention``: a rule of the arm, of the arm compared with, or of the test treats the body (a drug, a diet,
  exercise, weight loss, a blockade, a cut arrow);
* ``challenge``: such a rule burdens it: an infusion, endotoxin, inactivity, overfeeding;
* ``cell``: a state of cells or a count of them is read, as ``muscle.dag``;
* ``organ``: a flux or store of one organ is read, or the disposal of glucose while a clamp raises insulin;
* ``body``: all else: levels in blood, indices, masses, disposal at rest.

Somatostatin, insulin and glucose that are part of a test (its own rules) are ways to measure and count as no rule.

The *tissue* is the one that a quantity names; liver for production of glucose, fat for release of fatty acid, muscle
for its lipid and for disposal while a clamp raises insulin (most of it goes there); all else is ``blood``: blood and
the whole body.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..study.quantities import TISSUES as OF_CELLS
from ..study.quantities import span_of
from ..study.schema import ClampTest, Expect, HoldTest, Study

SETS = ("calibration", "validation")
LEVELS = ("cell", "organ", "body", "challenge", "intervention")
TISSUES = ("muscle", "liver", "fat", "blood")

CHALLENGES = frozenset({
    "lipid_infusion", "tnf_infusion", "il6_infusion", "endotoxin", "insulin_infusion", "glucose_infusion",
    "glycerol_infusion", "somatostatin", "inactivity", "overfeeding",
})  # fmt: skip
"""Rules that burden a body to see what it does; every other rule treats it."""
WAYS_TO_MEASURE = frozenset({"somatostatin", "insulin_infusion", "glucose_infusion"})

OF_ORGANS = {
    "egp": "liver", "egp_suppression": "liver", "gluconeogenesis": "liver", "hepatic_ir": "liver", "liver_fat": "liver",
    "lipolysis": "fat", "lipolysis_suppression": "fat", "adipo_ir": "fat", "muscle_lipid": "muscle",
}  # fmt: skip
"""Fluxes and stores of one organ."""
ORGAN_PARTS = ("uptake", "output", "oxidation", "interstitial")
"""Words in the name of what a tissue as a whole does or holds."""
DISPOSAL = ("rd", "gir", "m_value", "glucose_clearance")


def set_of(path: Path) -> str:
    """Return the set of a study file: its folder."""
    return path.parent.name


def level_of(expect: Expect, study: Study) -> str:
    """Return the level of an expectation."""
    rules = _rules(expect, study)
    if rules - CHALLENGES:
        return "intervention"
    if rules:
        return "challenge"
    tissue, _, part = expect.quantity.partition(".")
    if tissue in OF_CELLS and part:
        return "organ" if any(word in part for word in ORGAN_PARTS) else "cell"
    return "body" if tissue_of(expect, study) == "blood" else "organ"


def tissue_of(expect: Expect, study: Study) -> str:
    """Return the tissue of an expectation."""
    name = expect.quantity
    tissue = name.partition(".")[0]
    if tissue in OF_CELLS:
        return tissue
    if name in DISPOSAL and insulin_is_raised(expect, study.test(expect.test)):
        return "muscle"
    return OF_ORGANS.get(name, "blood")


def _rules(expect: Expect, study: Study) -> set[str]:
    """Return the names of the rules that act on either side of an expectation."""
    arms = [arm for arm in study.arms if arm.name in (expect.arm, expect.versus)]
    names = [expect.test, str(expect.versus).removeprefix("test:")]
    tests = [test for test in study.tests if test.name in names]
    of_tests = {str(rule["rule"]) for test in tests for rule in test.rules} - WAYS_TO_MEASURE
    return of_tests | {str(rule["rule"]) for arm in arms for rule in arm.rules}


def insulin_is_raised(expect: Expect, test: Any) -> bool:
    """Return whether insulin is infused or held when an expectation is read."""
    minute = span_of(expect.reading, test.step_ends).stop
    if isinstance(test, HoldTest):
        return minute > 0 and any(pool.startswith("insulin") for pool in test.pools)
    if not isinstance(test, ClampTest):
        return False
    steps = zip(test.steps, test.step_ends, strict=True)
    return any(
        begin < minute <= stop and getattr(step, step.given()[0]) > 0.0 for step, (begin, stop) in steps
    )
