"""The README counts the kinds of numbers, and counts them right."""

from collections import Counter
from pathlib import Path

from insulattice.environment.body import read_parameters

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_counts_each_kind_of_number():
    kinds = Counter(row.kind for row in read_parameters() if row.kind != "start")
    text = " ".join(README.read_text(encoding="utf-8").split())
    missing = [f"{count} {kind}" for kind, count in kinds.items() if f"{count} {kind}" not in text]
    assert not missing, f"README must say {missing}"
