"""How much time passes from one picture to the next: minutes, or days that are lived in leaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...environment.living import FIRST_DAYS, GAP_GROWTH, longest_gap


class Pace(NamedTuple):
    """Time from one picture to the next: some minutes, or some days [both whole]."""

    minutes: int
    days: int = 0


PACES = {
    "1 min": Pace(1),
    "2 min": Pace(2),
    "5 min": Pace(5),
    "10 min": Pace(10),
    "30 min": Pace(30),
    "1 day": Pace(0, 1),
    "1 week": Pace(0, 7),
    "4 weeks": Pace(0, 28),
}
"""Paces by the words of the page."""

TEST_MINUTES = 5
"""The most that passes from one picture of a test to the next [min]."""


class Leaps:
    """Which days are lived, and which are leapt over.

    After anything changed, days are lived one by one; then gaps grow as in accelerated living.

    Attributes
    ----------
    gap : float
        Days that may be leapt over next; 0 after a change.
    """

    def __init__(self) -> None:
        self.gap = 0.0

    def blocks(self, days: int, period: int) -> Iterator[tuple[int, int]]:
        """Give the days to live and to leap over, until so many are done.

        Parameters
        ----------
        days : int
            In all.
        period : int
            Days after which rules repeat; gaps are whole multiples of it.
        """
        left = days
        while left > 0:
            if self.gap == 0.0:
                lived, skipped, self.gap = min(max(FIRST_DAYS, period), left), 0, 1.0
            else:
                lived = min(period, left)
                skipped = int(min(self.gap, left - lived, longest_gap(period))) // period * period
                self.gap = max(self.gap * GAP_GROWTH, float(period))
            yield lived, skipped
            left -= lived + skipped
