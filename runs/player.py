"""What stands behind the page: a model that lives, and snapshots of it that never change.

The page reads snapshots only. A snapshot is made in a worker thread, under a lock, from the arrays; the next one is
made when the browser has drawn the last, so that a slow browser slows the model down and nothing piles up.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import pandas as pd

from .look import Look, TissuePicture, look_at, looks
from .mesa_model import TissueModel

NOBODY_LOOKS = 10.0
"""Seconds after which a browser that does not answer is taken as gone."""

SERIES_EVERY = 0.5
"""Seconds between two drawings of the time series while the model plays; they cost more than the tissues."""


@dataclass(frozen=True)
class Settings:
    """What a body is built from."""

    phenotype: str = "lean"
    cells: int = 3000
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What the page shows of one moment.

    Attributes
    ----------
    number : int
        Counts the snapshots of a player.
    minute : float
        Time that passed [min].
    tissues : tuple of TissuePicture
    levels : dict of str to float
        Everything that the model collects, now: ``glucose`` [mM], ``insulin`` [pM], ``ffa`` [mM], ...
    series : DataFrame
        The same since the start, one row per step; while the model plays it may lag behind.
    """

    number: int
    minute: float
    tissues: tuple[TissuePicture, ...]
    levels: dict[str, float]
    series: pd.DataFrame


class Player:
    """Lets a model live and takes snapshots of it.

    Attributes
    ----------
    looks : dict of str to Look
        What cells can be coloured by, by printed name.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.model = TissueModel(settings.phenotype, cells=settings.cells, rng=settings.seed)
        self.looks = looks(self.model.body)
        self._limits: dict[Look, dict[str, tuple[float, float]]] = {}
        self._number = 0
        self._lock = threading.Lock()
        self._series, self._series_at = self.model.datacollector.get_model_vars_dataframe(), 0.0
        self._drawn = 0
        self._news = threading.Condition()

    def live(self, minutes: int, insulin: float, look: Look) -> Snapshot:
        """Let minutes pass at an insulin infusion [mU/m2/min; 0 for none], and look.

        Raises
        ------
        SimulationError
            If a state left its range.
        """
        with self._lock:
            if insulin != (self.model.insulin or 0.0):
                self.model.insulin = insulin
            for _ in range(minutes):
                self.model.step()
            return self._snapshot(look, SERIES_EVERY)

    def look(self, look: Look) -> Snapshot:
        """Look without letting time pass; the series is up to date."""
        with self._lock:
            return self._snapshot(look, 0.0)

    def _snapshot(self, look: Look, series_every: float) -> Snapshot:
        self._number += 1
        collector = self.model.datacollector
        if time.monotonic() - self._series_at >= series_every:
            self._series, self._series_at = collector.get_model_vars_dataframe(), time.monotonic()
        tissues = look_at(self.model.body, look, self._limits.setdefault(look, {}))
        levels = {name: values[-1] for name, values in collector.model_vars.items()}
        return Snapshot(self._number, self.model.minute, tissues, levels, self._series)

    def note_drawn(self, number: int) -> None:
        """Take note that the browser has drawn a snapshot."""
        with self._news:
            self._drawn = number
            self._news.notify_all()

    def wait_until_drawn(self, number: int) -> bool:
        """Wait until the browser has drawn a snapshot; False if it does not answer."""
        with self._news:
            return self._news.wait_for(lambda: self._drawn >= number, NOBODY_LOOKS)
