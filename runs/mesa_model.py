"""Mesa's view of a body: a `mesa.Model` around it, and a `mesa.Agent` for each cell.

The numbers stay in the arrays of the populations; an agent is a view of one column. Stepping the model steps the
body, never the agents one by one. Everything that Mesa offers for sets of agents reads and writes through the views:

    model = TissueModel(phenotype="obese", cells=3000, rng=1)
    muscle = model.agents_by_type[Myocyte]
    muscle.select(lambda cell: cell.akt_double < 0.2).agg("dag", np.mean)
    muscle.set("ceramide", 0.0)

Works on Mesa 3.3 to 3.5; this file is the only one that knows Mesa.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from ..agents.parameters import nearest
from ..agents.population import Population
from ..environment.body import Body
from ..environment.observe import Quantity, observe
from ..environment.protocols import HOURS_MAX, Clamp, ClampStep

# Mesa 3.3 sets the start method of all processes to spawn when it is imported: put back what was there.
_start_method = multiprocessing.get_start_method(allow_none=True)
import mesa  # noqa: E402

multiprocessing.set_start_method(_start_method, force=True)

Array = NDArray[np.float64]

CLAMPED_GLUCOSE = 5.0  # [mM]


class _Counters:
    """Numbers from 1 for each model, without keeping the model alive (Mesa 3.3 counts ids in ``Agent._ids``)."""

    def __init__(self) -> None:
        self._counters: WeakKeyDictionary[mesa.Model, Iterator[int]] = WeakKeyDictionary()

    def __getitem__(self, model: mesa.Model) -> Iterator[int]:
        return self._counters.setdefault(model, count(1))


class PopulationView:
    """A population with its place in a tissue, whose signals can be read cell by cell.

    Signals follow from a cell's states, its surroundings and parameters. They are computed for all cells at once and
    used while what they follow from has not changed for the cell that is asked for, so that they are never out of date.

    Attributes
    ----------
    population : Population
    columns : int
        Columns of the tissue's grid.
    signal_names : frozenset of str
    """

    def __init__(self, body: Body, compartment: str, cell_type: str) -> None:
        tissue = body.compartments[compartment]
        self.population = tissue.populations[cell_type]
        self.columns = tissue.grid.shape[2]
        self.signal_names = frozenset(self.population.cell_type.composed.signal_names)
        self._body = body
        self._computed: _Computed | None = None

    def signal(self, name: str, column: int) -> float:
        """Return a signal of one cell."""
        if self._computed is None or not self._computed.holds_for(self.population, self._body.shared, column):
            self._computed = _Computed.of(self.population, self._body)
        return float(self._computed.signals[name][column])


class _Computed(NamedTuple):
    """The signals of a population and what they were computed from."""

    signals: dict[str, Array]
    cells: int
    rows: Array
    site: Array
    shared: Array
    values: Mapping[str, float]

    @classmethod
    def of(cls, population: Population, body: Body) -> _Computed:
        """Compute the signals of all cells."""
        each = body.signals(population)
        signals = {name: np.broadcast_to(values, population.count) for name, values in each.items()}
        kept = (population.rows.copy(), population.site.copy(), body.shared.copy())
        return cls(signals, population.count, *kept, population.values)

    def holds_for(self, population: Population, shared: Array, column: int) -> bool:
        """Tell whether nothing has changed that matters to one cell."""
        return (
            self.values is population.values
            and column < self.cells
            and np.array_equal(self.rows[:, column], population.rows[:, column])
            and np.array_equal(self.site[:, column], population.site[:, column])
            and np.array_equal(self.shared, shared)
        )


class CellAgent(mesa.Agent):  # type: ignore[misc]  # Mesa tells no types
    """One cell: a view of one column of its population.

    Every state and trait is an attribute that reads and writes the array; every signal is one that can be read.

    Attributes
    ----------
    kind : str
        The cell type, such as ``myocyte``.
    compartment : str
        ``muscle``, ``fat`` or ``liver``.
    place : tuple of int
        Row and column of the cell's site on the grid of its tissue.
    """

    _ids = _Counters()

    def __init__(self, model: TissueModel, view: PopulationView, column: int) -> None:
        self._view: PopulationView | None = view
        self._column = column
        self._cell_id = int(view.population.ids[column])
        super().__init__(model)

    @property
    def kind(self) -> str:
        """The cell type."""
        return self._alive().population.cell_type.name

    @property
    def compartment(self) -> str:
        """The tissue."""
        return self._alive().population.compartment

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the cell's site."""
        view = self._alive()
        row, column = divmod(int(view.population.sites[self._column]), view.columns)
        return row, column

    def remove(self) -> None:
        """Take the view away from the model; the cell itself stays in its tissue."""
        if self._view is not None:
            self._view = None
            super().remove()

    def __getattr__(self, name: str) -> float:
        if name.startswith("_"):
            raise AttributeError(name)
        view = self._alive()
        if name in view.population:
            return float(view.population[name][self._column])
        if name in view.signal_names:
            return float(view.signal(name, self._column))
        raise AttributeError(self._unknown(name))

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_") or name in _MESA_OWN:
            super().__setattr__(name, value)
            return
        view = self._alive()
        if name in view.population:
            view.population[name][self._column] = value
        elif name in view.signal_names or hasattr(type(self), name):
            raise AttributeError(f"{name} of a {self.kind} follows from its states and can only be read")
        else:
            raise AttributeError(self._unknown(name))

    def __dir__(self) -> Iterable[str]:
        known = [] if self._view is None else [*self._view.population.names, *self._view.signal_names]
        return [*super().__dir__(), *known]

    def _alive(self) -> PopulationView:
        if self._view is None or not self._found(self._view.population):
            raise RuntimeError(
                f"cell {self.unique_id} was removed from the model; select among model.agents again"
            )
        return self._view

    def _found(self, cells: Population) -> bool:
        """Tell whether the cell still exists; find its column if it was moved to another one."""
        ids = cells.ids[: cells.count]
        if self._column >= ids.size or ids[self._column] != self._cell_id:
            places = np.flatnonzero(ids == self._cell_id)
            if places.size == 0:
                return False
            self._column = int(places[0])
        return True

    def _unknown(self, name: str) -> str:
        view = self._alive()
        known = [*view.population.names, *view.signal_names, "kind", "compartment", "place"]
        return f"a {self.kind} has no attribute {name!r}.{nearest(name, known)}"


_MESA_OWN = ("model", "unique_id", "pos", "cell")


class Myocyte(CellAgent):
    """A muscle cell."""


class Adipocyte(CellAgent):
    """A fat cell."""


class Hepatocyte(CellAgent):
    """A liver cell."""


class Macrophage(CellAgent):
    """A macrophage of fat or liver."""


AGENT_TYPES = {kind.__name__.lower(): kind for kind in (Myocyte, Adipocyte, Hepatocyte, Macrophage)}


class TissueModel(mesa.Model):  # type: ignore[misc]  # Mesa tells no types
    """A body as a Mesa model.

    Parameters
    ----------
    phenotype : str
        What goes into the body, such as ``lean`` or ``obese``.
    cells : int
        Simulated cells in all tissues together.
    insulin : float, optional
        Insulin of a glucose clamp at 5 mM that runs from the start [mU/m2/min]; None or 0 lets the body alone.
    without : iterable of str
        Arrows of the causal web to cut.
    minutes_per_step : int
        Time that passes in one step [min].
    settle : bool
        Bring the body to what its inputs make of it first.
    rng : int, optional
        Key of everything random; a model with ``rng=1`` is built around ``Body(seed=1)``. Without it, each model is
        another body, as everywhere in Mesa.
    seed : int, optional
        The older name of ``rng``.
    body : Body, optional
        A body that there is already, as it is; what says how to build one is then not used.

    Attributes
    ----------
    body : Body
        The body itself, with all arrays.
    observed : dict
        Everything that is observed now, by (compartment, quantity).
    datacollector : mesa.DataCollector
        One row at the start and after each step: minute, plasma levels, whole-body fluxes, mean Akt of each tissue.
    """

    def __init__(
        self,
        phenotype: str = "lean",
        cells: int = 3000,
        insulin: float | None = None,
        without: Iterable[str] = (),
        minutes_per_step: int = 1,
        settle: bool = True,
        rng: Any = None,
        seed: int | None = None,
        body: Body | None = None,
    ) -> None:
        if minutes_per_step < 1:
            raise ValueError(f"minutes_per_step is {minutes_per_step}, allowed: 1 or more")
        rng = seed if rng is None else rng
        super().__init__(rng=rng)
        self.minutes_per_step = int(minutes_per_step)
        if body is None:
            key = int(rng) if isinstance(rng, int | np.integer) else int(self.rng.integers(2**31))
            body = Body(phenotype, cells=cells, seed=key, without=without, settle=settle)
        self.body = body
        self._began = self.body.minute
        self._clamp: Clamp | None = None
        self._clamped_at = 0.0
        self.insulin = insulin
        self._views = [
            PopulationView(self.body, compartment.name, cell_type)
            for compartment in self.body.compartments.values()
            for cell_type in compartment.populations
        ]
        self._known: list[dict[int, CellAgent]] = [{} for _ in self._views]
        self._match_agents()
        self.datacollector = mesa.DataCollector(model_reporters=MODEL_REPORTERS)
        self._collect()

    @property
    def insulin(self) -> float | None:
        """Insulin infusion of the clamp [mU/m2/min], None without one; may be set at any time."""
        return None if self._clamp is None else self._clamp.steps[-1].insulin

    @insulin.setter
    def insulin(self, rate: float | None) -> None:
        if not rate:
            self.body.rules = [rule for rule in self.body.rules if rule is not self._clamp]
            self._clamp = None
            return
        clamp = Clamp(rate, hours=HOURS_MAX, glucose_mM=CLAMPED_GLUCOSE)
        if self._clamp is None:
            self._clamp, self._clamped_at = clamp, self.body.minute
            self.body.rules.append(clamp)
        else:
            _append_step(self._clamp, clamp.steps[0], self.body.minute - self._clamped_at)

    @property
    def minute(self) -> float:
        """Time that passed since the start [min]."""
        return self.body.minute - self._began

    def step(self) -> None:
        """Let ``minutes_per_step`` minutes pass."""
        for _ in range(self.minutes_per_step):
            self.body.step()
        self.body.check()
        self.catch_up()

    def catch_up(self) -> None:
        """Take note of what the body has become: call it after others than the model let it live."""
        self._match_agents()
        self._collect()

    def _collect(self) -> None:
        self.observed = observe(self.body)
        self.datacollector.collect(self)

    def _match_agents(self) -> None:
        """Give each cell its agent; cells may come and go."""
        for view, known in zip(self._views, self._known, strict=True):
            ids = view.population.ids[: view.population.count].tolist()
            if len(known) == len(ids) and known.keys() == set(ids):
                continue
            for gone in known.keys() - set(ids):
                known.pop(gone).remove()
            kind = AGENT_TYPES[view.population.cell_type.name]
            for column, cell in enumerate(ids):
                if cell not in known:
                    known[cell] = kind(self, view, column)


def _append_step(clamp: Clamp, step: ClampStep, now: float) -> None:
    """Let a running clamp go on with another step, so that glucose control and priming continue from what ran."""
    *earlier, last = clamp.steps
    clamp.steps = (*earlier, last._replace(stop=now), step._replace(start=now))


COLLECTED: dict[str, Quantity] = {
    "glucose": ("blood", "glucose"),
    "insulin": ("blood", "insulin"),
    "ffa": ("blood", "ffa"),
    "gir": ("body", "gir"),
    "egp": ("body", "egp"),
    "rd": ("body", "rd"),
    "akt_muscle": ("muscle", "akt"),
    "akt_fat": ("fat", "akt"),
    "akt_liver": ("liver", "akt"),
}
"""What each model collects beside the minute, by the names and in the units of ``environment.observe``."""


def _reporter(quantity: Quantity) -> Callable[[TissueModel], float]:
    return lambda model: model.observed[quantity]


MODEL_REPORTERS: dict[str, Callable[[TissueModel], float]] = {
    "minute": lambda model: model.minute,
    **{name: _reporter(quantity) for name, quantity in COLLECTED.items()},
}
