"""Integrate the mechanisms' own Python functions with scipy: an oracle independent of the compiled step."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

from insulattice.agents.mechanism import Mechanism, evaluate

REST = 30000.0
"""Time that is long enough to settle without insulin [min]."""


class CellOracle:
    """One isolated cell in a dish.

    Parameters
    ----------
    mechanisms : tuple of Mechanism
        What the cell is made of.
    parameters : mapping
        Value of each parameter, arrows included.
    constants : mapping
        What the cell has but no mechanism here provides (``pkc``, ``jnk``, ...), and traits.
    start : mapping
        First guess of each state.
    held : iterable of str
        States that stay at their start value.
    """

    def __init__(
        self,
        mechanisms: tuple[Mechanism, ...],
        parameters: Mapping[str, float],
        constants: Mapping[str, float],
        start: Mapping[str, float],
        held: Iterable[str] = (),
    ) -> None:
        held = set(held)
        self.mechanisms = mechanisms
        self.parameters = SimpleNamespace(**parameters)
        self.states = tuple(s for m in mechanisms for s in m.states if s not in held)
        self.constants = {**constants, **{name: start[name] for name in held}}
        self.start = np.array([start[name] for name in self.states])
        self.resting: np.ndarray | None = None

    def _cell(self, state: np.ndarray) -> dict[str, float]:
        return {**self.constants, **dict(zip(self.states, state, strict=True))}

    def _rates(self, local: Mapping[str, float], state: np.ndarray) -> np.ndarray:
        rates, _ = evaluate(self.mechanisms, self._cell(state), local, self.parameters)
        return np.array([rates[name] for name in self.states])

    def _integrate(self, local: Mapping[str, float], start: np.ndarray, times: np.ndarray) -> np.ndarray:
        """Return the states at ``times``, shape (times, states)."""
        found = solve_ivp(
            lambda _, state: self._rates(local, state),
            (0.0, times[-1]),
            start,
            method="LSODA",
            t_eval=times,
            rtol=1e-6,
            atol=1e-11,
        )
        if not found.success:
            raise RuntimeError(f"the oracle could not integrate: {found.message}")
        return found.y.T

    def rest(self) -> np.ndarray:
        """Return the steady state without insulin, found once."""
        if self.resting is None:
            local = {"insulin": 0.0, "contraction": 0.0}
            self.resting = self._integrate(local, self.start, np.array([0.0, REST]))[-1]
        return self.resting

    def respond(self, insulin: float, times: Iterable[float]) -> pd.DataFrame:
        """Return every state and signal at ``times`` [min] after a step from rest to ``insulin`` [nM]."""
        times = np.asarray(tuple(times), dtype=float)
        local = {"insulin": insulin, "contraction": 0.0}
        grid = times if times[0] == 0.0 else np.concatenate(([0.0], times))
        states = self._integrate(local, self.rest(), grid)[len(grid) - len(times) :]
        rows = []
        for state in states:
            cell = self._cell(state)
            _, signals = evaluate(self.mechanisms, cell, local, self.parameters)
            rows.append({**cell, **signals})
        return pd.DataFrame(rows, index=pd.Index(times, name="time_min"))
