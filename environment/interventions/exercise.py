"""Exercise: bouts of work in the morning, and a use of muscle that rises with the load of training, up to a limit.

Bouts stand on fixed days of the week counted from the rule's start, spread evenly, the last of them on the last day:
a test after whole weeks falls about a day after the last bout. While a test is running that is no part of free living,
a rule that began before it makes no bout; its training load goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from ..clock import DAY
from ..living import DailyLife
from .intervention import Intervention, number

if TYPE_CHECKING:
    from ..body import Body

BOUT_TIMES = (8.0 * 60.0, 17.0 * 60.0)
"""Clock times at which the first and second bout of a day begin [min]."""
WEEK = 7


@dataclass(frozen=True)
class Exercise(Intervention):
    """Train some times a week.

    Parameters
    ----------
    bouts_per_week : float
        Whole number [1/week].
    minutes : float
        Length of a bout [min].
    intensity : float
        Share of the maximal oxygen uptake [1].
    """

    name: ClassVar[str] = "exercise"
    period_days: ClassVar[int] = WEEK
    bouts_per_week: float = number(3.0, "1/week", 0.0, 14.0)
    minutes: float = number(45.0, "min", 1.0, 480.0)
    intensity: float = number(0.6, "1", 0.0, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bouts_per_week != int(self.bouts_per_week):
            raise ValueError(
                f"{self.name}: bouts_per_week is {self.bouts_per_week:g}, allowed: a whole number from 0 to 14"
            )

    def act(self, body: Body, dt: float) -> None:
        """Be trained by the load of the week, and work if it is time for a bout, which alone costs energy."""
        elapsed = self.elapsed(body)
        strength = self.strength(elapsed)
        free = lives_freely(body)
        began_free = body.memory(self).setdefault("free", float(free))
        if strength > 0.0:
            body.conduct.training_load += strength * self.adherence * self.load
            body.conduct.appetite += strength * self.adherence * self.cost(body)
            count = self.bout((elapsed - self.start_minute) // DAY, body.clock)
            if count is not None and (free or not began_free) and self.kept(body, count):
                body.contraction = max(body.contraction, strength * self.intensity)

    def cost(self, body: Body) -> float:
        """Return the energy of training that is eaten again [kcal/day]."""
        p = body.p
        work = self.load / WEEK * p.work_energy_max * body.energy.lean_mass
        return float(p.exercise_intake_share * work)

    @property
    def load(self) -> float:
        """Minutes a week at the maximal oxygen uptake that would be as much work [min/week]."""
        return self.bouts_per_week * self.minutes * self.intensity

    def bout(self, day: float, clock: float) -> int | None:
        """Return the count of the bout that is going on at a day and a time of day [min], or None."""
        number, bouts = int(self.bouts_per_week), bout_days(int(self.bouts_per_week))
        week, weekday = divmod(int(day), WEEK)
        today = [i for i, bout in enumerate(bouts) if bout == weekday]
        for i, begins in zip(today, BOUT_TIMES, strict=False):
            if begins <= clock < begins + self.minutes:
                return week * number + i
        return None


def bout_days(bouts: int) -> list[int]:
    """Return the day of the week, from 0, of each of some bouts."""
    return [ceil((i + 1) * WEEK / bouts) - 1 for i in range(bouts)]


def lives_freely(body: Body) -> bool:
    """Return whether a body has its meals now, as in free living."""
    return any(isinstance(rule, DailyLife) for rule in body.rules)
