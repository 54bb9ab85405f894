"""Free living: days of meals and nights, at full resolution or accelerated.

At full resolution every minute is lived. Accelerated, a body lives representative days and is carried over gaps
between them (``leap``). Where rules repeat after some days, so many are lived at a time, and their mean change counts.
The first and the last days are lived without gaps, gaps grow from one to the next up to ten days, and all rules keep
their clock. What this costs in accuracy is measured in docs/model.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from typing import TYPE_CHECKING

from .clock import DAY, DAYS_MAX
from .leap import Leap
from .rule import Rule

if TYPE_CHECKING:
    from .body import Body

MEALS = {7.0 * 60.0: 0.25, 13.0 * 60.0: 0.35, 19.0 * 60.0: 0.4}
"""Share of the day's food by clock time [min]."""
CHECK_EVERY = 30
"""Minutes between looks for cells whose states are out of range; blood is looked at every minute."""

FIRST_DAYS, LAST_DAYS = 2, 2
LONGEST_GAP = 10
GAP_GROWTH = 1.3


class DailyLife:
    """Three meals a day, by the body's conduct."""

    def act(self, body: Body, dt: float) -> None:
        """Eat if it is time."""
        share = MEALS.get(body.clock)
        if share is not None:
            conduct, p = body.conduct, body.p
            energy = share * conduct.intake
            body.eat(
                energy * conduct.carbohydrate / p.energy_of_carbohydrate,
                energy * conduct.fat / p.energy_of_fat,
                energy * conduct.protein / p.energy_of_protein,
            )


def live(
    body: Body,
    days: float,
    rules: Iterable[Rule] = (),
    accelerated: bool = False,
    progress: Callable[[float], None] | None = None,
    watch: Callable[[Body], None] | None = None,
) -> None:
    """Let a body live; see :meth:`Body.live`."""
    if not (isfinite(days) and 0.0 <= days <= DAYS_MAX):
        raise ValueError(f"days is {days:g}, allowed: 0 to {DAYS_MAX:g}")
    rules = list(rules)
    for rule in rules:
        if not hasattr(rule, "act"):
            raise TypeError(
                f"rule {rule!r}: given {type(rule).__name__}, allowed: a rule, as of read_rule({rule!r})"
            )
    with under(body, rules):
        if accelerated:
            live_in_leaps(body, days, schedule(int(days), longest_period(rules)), progress, watch)
        else:
            live_minutes(body, round(days * DAY), progress, watch)


@contextmanager
def under(body: Body, rules: Sequence[Rule]) -> Iterator[None]:
    """Put a body under rules and three meals a day for a while; what acted up to this moment goes on as it was."""
    resume(body, rules)
    before = body.rules
    body.rules = [*before, *rules, DailyLife()]
    try:
        yield
    finally:
        body.rules = before
        for rule in rules:
            body.memory(rule)["until"] = body.minute


def longest_period(rules: Iterable[Rule]) -> int:
    """Return the days after which all rules repeat that say so, as the longest of them [days]."""
    return max([1, *(int(getattr(rule, "period_days", 1)) for rule in rules)])


def resume(body: Body, rules: Iterable[Rule]) -> None:
    """Let rules that acted up to this moment go on, and all others begin anew."""
    for rule in rules:
        if body.memory(rule).get("until") != body.minute:
            body.forget(rule)


def live_minutes(
    body: Body,
    minutes: int,
    progress: Callable[[float], None] | None = None,
    watch: Callable[[Body], None] | None = None,
    done: float = 0.0,
) -> None:
    """Live every minute."""
    for minute in range(1, minutes + 1):
        body.step()
        body.check_blood()
        if minute % CHECK_EVERY == 0 or minute == minutes:
            body.check()
        if watch is not None:
            watch(body)
        if progress is not None and minute % DAY == 0:
            progress(done + minute / DAY)


# ---- accelerated ------------------------------------------------------------------------------------------------


def longest_gap(period: int) -> int:
    """Return the days that may be carried over at once: at most ten, or the whole periods that hold ten."""
    return -(-LONGEST_GAP // period) * period


def schedule(days: int, period: int = 1) -> list[tuple[int, int]]:
    """Return the blocks of days to live, each with the days that are then carried over.

    Parameters
    ----------
    days : int
        In all.
    period : int
        Days after which rules repeat; blocks and gaps are whole multiples of it.
    """
    first, last = max(FIRST_DAYS, period), max(LAST_DAYS, period)
    blocks = [(min(first, days), 0)] if days else []
    left = days - min(first, days)
    gap = 1.0
    while left > last:
        skipped = min(int(gap), left - last - period, longest_gap(period))
        skipped = max(0, skipped // period * period)
        blocks.append((min(period, left), skipped))
        left -= min(period, left) + skipped
        gap = max(gap * GAP_GROWTH, period)
    return [*blocks, (left, 0)] if left else blocks


def live_in_leaps(
    body: Body,
    days: float,
    blocks: Sequence[tuple[int, int]],
    progress: Callable[[float], None] | None = None,
    watch: Callable[[Body], None] | None = None,
    leap: Leap | None = None,
    steady: bool = False,
) -> None:
    """Live blocks of days and carry the slow states over the gaps.

    ``leap`` knows what blocks before these showed; a ``steady`` body keeps fat and lean mass over the gaps.
    """
    leap = Leap() if leap is None else leap
    done = 0
    for lived, skipped in blocks:
        leap.begin(body)
        live_minutes(body, lived * DAY, None, watch)
        leap.learn(body)
        if skipped:
            leap.carry(body, skipped, steady)
        done += lived + skipped
        if progress is not None:
            progress(float(done))
    live_minutes(body, round((days - done) * DAY), None, watch)
