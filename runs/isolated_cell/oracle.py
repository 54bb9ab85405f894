"""Integrate the mechanisms' own Python functions with scipy: an oracle independent of the compiled step."""

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

from ...agents.mechanism import SHARED_NAMES, Mechanism, evaluate

DISH = dict.fromkeys(SHARED_NAMES, 0.0) | {"activity": 1.0, "age": 30.0, "stored_nearby": 900.0}
"""Surroundings of an isolated cell beside insulin: no drug, no work, habitual activity."""

REST = 30000.0
"""Time that is long enough to settle [min]."""


class CellOracle:
    """One isolated cell in a dish, where everything but insulin stays as it is.

    Parameters
    ----------
    mechanisms : tuple of Mechanism
        What the cell is made of.
    parameters : mapping
        Value of each parameter, arrows included.
    constants : mapping
        What the cell has but no mechanism here provides (``pkc``, ``jnk``, ...), and traits.
    start : mapping
        First guess of each state; ``held`` states keep it while the cell comes to rest.
    held : iterable of str
        Slow states that are given (numbers of receptors and of GLUT4).
    """

    def __init__(
        self,
        mechanisms: tuple[Mechanism, ...],
        parameters: Mapping[str, float],
        constants: Mapping[str, float],
        start: Mapping[str, float],
        held: Iterable[str] = (),
    ) -> None:
        self.mechanisms = mechanisms
        self.parameters = SimpleNamespace(**parameters)
        self.states = tuple(state for mechanism in mechanisms for state in mechanism.states)
        self.constants = dict(constants)
        self.start = np.array([start[name] for name in self.states])
        self.free_at_rest = np.array([name not in set(held) for name in self.states], dtype=float)
        self._rest: np.ndarray | None = None

    def _evaluate(self, insulin: float, state: np.ndarray) -> tuple[dict[str, float], dict[str, float]]:
        cell = {**self.constants, **dict(zip(self.states, state, strict=True))}
        return evaluate(self.mechanisms, cell, DISH | {"insulin": insulin}, self.parameters)

    def _integrate(
        self, insulin: float, start: np.ndarray, times: np.ndarray, moving: np.ndarray | float = 1.0
    ) -> np.ndarray:
        """Return the states at ``times``, shape (times, states)."""

        def rates(_: float, state: np.ndarray) -> np.ndarray:
            change = self._evaluate(insulin, state)[0]
            return np.asarray(moving * np.array([change[name] for name in self.states]))

        solution = solve_ivp(
            rates, (0.0, times[-1]), start, method="LSODA", t_eval=times, rtol=1e-6, atol=1e-11
        )
        if not solution.success:
            raise RuntimeError(f"the oracle could not integrate: {solution.message}")
        return np.asarray(solution.y.T)

    def rest(self, insulin: float = 0.0) -> np.ndarray:
        """Return the steady state, found once without insulin."""
        if insulin == 0.0 and self._rest is not None:
            return self._rest
        found = np.asarray(self._integrate(insulin, self.start, np.array([0.0, REST]), self.free_at_rest)[-1])
        if insulin == 0.0:
            self._rest = found
        return found

    def _table(self, insulin: float, times: Iterable[float], states: np.ndarray) -> pd.DataFrame:
        rows = []
        for state in states:
            _, signals = self._evaluate(insulin, state)
            rows.append({**dict(zip(self.states, state, strict=True)), **signals})
        return pd.DataFrame(rows, index=pd.Index(times, name="time_min"))

    def steady(self, insulin: float) -> pd.Series:
        """Return every state and signal at the steady state under ``insulin`` [nM]."""
        return self._table(insulin, [REST], self.rest(insulin)[None, :]).iloc[0]

    def respond(self, insulin: float, times: Iterable[float]) -> pd.DataFrame:
        """Return every state and signal at ``times`` [min] after a step from rest to ``insulin`` [nM]."""
        times = np.asarray(tuple(times), dtype=float)
        grid = times if times[0] == 0.0 else np.concatenate(([0.0], times))
        states = self._integrate(insulin, self.rest(), grid)[len(grid) - len(times) :]
        return self._table(insulin, times, states)

    def respond_to(self, doses: Sequence[float], times: Iterable[float]) -> dict[float, pd.DataFrame]:
        """Return :meth:`respond` of several doses [nM], integrated together as one system: several times as fast."""
        grid = np.asarray(tuple(times), dtype=float)
        insulin, size = np.asarray(doses, float), len(self.states)

        def signals_and_rates(states: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
            cell = {**self.constants, **dict(zip(self.states, states.T, strict=True))}
            return evaluate(self.mechanisms, cell, DISH | {"insulin": insulin}, self.parameters)

        def rates(_: float, flat: np.ndarray) -> np.ndarray:
            change = signals_and_rates(flat.reshape(-1, size))[0]
            together = [np.broadcast_to(change[name], insulin.shape) for name in self.states]
            return np.stack(together, axis=1).ravel()

        solution = solve_ivp(
            rates, (0.0, grid[-1]), np.tile(self.rest(), len(insulin)), method="LSODA", t_eval=grid, rtol=3e-7,
            atol=1e-11, lband=size - 1, uband=size - 1,
        )  # fmt: skip
        if not solution.success:
            raise RuntimeError(f"the oracle could not integrate: {solution.message}")
        parts = []
        for flat in solution.y.T:
            states = flat.reshape(-1, size)
            found = {**dict(zip(self.states, states.T, strict=True)), **signals_and_rates(states)[1]}
            parts.append(
                pd.DataFrame({name: np.broadcast_to(value, insulin.shape) for name, value in found.items()})
            )
        whole = pd.concat(parts, keys=pd.Index(grid, name="time_min"), names=["time_min", "dose"])
        return {dose: pd.DataFrame(whole.xs(place, level="dose")) for place, dose in enumerate(doses)}
