"""How a sweep stands, in numbers and in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf


@dataclass
class Tally:
    """How a sweep stands: runs in all, taken from the store, done now, and failed."""

    runs: int = 0
    kept: int = 0
    done: int = 0
    failed: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def finished(self) -> int:
        """Runs with an outcome."""
        return self.kept + self.done

    @property
    def rate(self) -> float:
        """Runs per second, since the start of this call [1/s]."""
        return self.done / max(time.perf_counter() - self.began, 1e-9)

    @property
    def left_s(self) -> float:
        """Time left at this rate [s]; infinite before the first run."""
        return (self.runs - self.finished) / self.rate if self.done else inf

    def words(self) -> str:
        """Return it in words."""
        text = f"{self.finished} of {self.runs} runs, {self.failed} failed"
        if self.kept:
            text += f", {self.kept} taken from the store"
        if self.done:
            text += f"; {self.rate:.3g} runs/s, {_clock(self.left_s)} left"
        return text


Progress = Callable[[Tally], None]


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
