"""Tissue fields: what cells share between capillary and membrane, and what the liver's cells share along the sinusoid.

`Fields` holds the interstitial concentrations of muscle and fat on a grid of sites:

    dc/dt = D (d2c/dx2 + d2c/dy2) + exchange (blood - c) - decay c + source,      no flux through the borders.

Each substep h solves for the change of the concentrations (alternating directions, Peaceman and Rachford 1955
doi:10.1137/0103003, in delta form with theta = 1/2):

    (1 - h/2 X) (1 - h/2 Y + h/2 (exchange + decay)) change = h (right-hand side at the old concentrations)

with X the diffusion along a row and Y down a column. A steady state is exact, point sources included, whatever h is;
the scheme is second order in time and stable at any h. All losses stand in the second factor, whose product with X sums
to zero over the tissue, so the mean concentration obeys

    mean(change) = h mean(source + exchange (blood - c) - decay c)   at   c = (old + new) / 2

to rounding: the flows returned by `Fields.step` are these very sums, and the audit of the body closes on them. Glucose
at 50 um and 4 substeps per minute is off by 4e-3 of the peak in the minute in which a point source opens, by 4e-4 and
less from the next on, and spreads from a single site without undershoot (2 substeps: 7e-2, 2e-2, and -2 %). A sink that
takes what is not there goes below zero; nothing is cut off, as that would make matter.

`Sinusoid` carries blood past liver cells from the portal column 0 to the central column -1. Transit takes seconds, so
at the step of a minute it is quasi-steady: each row is a tube, solved exactly site by site (parallel tube model of
sinusoidal elimination, Bass and others 1976, J Theor Biol 61:393).

Left out: flow and charge in the interstitium, and diffusion along the sinusoid.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import ArrayLike

from . import transport
from .transport import Floats

SUBSTEPS = 4
"""Substeps per minute."""

THREADS_FROM = 200_000
"""Number of concentrations (species x sites) from which species are shared out among threads."""


class Flows(NamedTuple):
    """What a step of `Fields` moved, as change of the mean concentration; each of shape (species,) [unit]."""

    from_blood: Floats
    decayed: Floats


class Passage(NamedTuple):
    """What left a `Sinusoid`, each of shape (species,): concentration [unit], amount per time [unit L/min/kg]."""

    outflow: Floats
    cleared: Floats


class Grid:
    """Concentrations of several species on a grid of sites.

    Cells read ``values`` and add to ``source`` at their flat site numbers (:func:`.transport.gather`,
    :func:`.transport.collect`).

    Parameters
    ----------
    species : sequence of str
        Names, in the order of the first axis.
    rows, columns : int
        Size of the grid [sites].
    start : array_like, shape (species,) or any that fits (species, rows, columns)
        Initial concentrations [own unit of each species].

    Attributes
    ----------
    values : ndarray, shape (species, rows, columns)
        Concentrations; what is assigned is copied in.
    source : ndarray, shape (species, rows, columns)
        What cells deposited since the last step [per minute].
    """

    def __init__(self, species: Sequence[str], rows: int, columns: int, start: ArrayLike) -> None:
        if rows < 1 or columns < 1:
            raise ValueError(f"a grid of {rows} x {columns} sites is empty; give at least 1 row and 1 column")
        transport.prepare()
        self.species = tuple(species)
        self.shape = (len(self.species), rows, columns)
        self._values = _per_site(start, self.shape, "start")
        self.source: Floats = np.zeros(self.shape)

    @property
    def values(self) -> Floats:
        """Concentrations, shape (species, rows, columns) [own unit of each species]."""
        return self._values

    @values.setter
    def values(self, values: ArrayLike) -> None:
        self._values[...] = values

    def __getitem__(self, name: str) -> Floats:
        """Return the concentrations of one species, shape (rows, columns)."""
        if name not in self.species:
            raise KeyError(f"no species is called {name!r}; there are {', '.join(self.species)}")
        plane: Floats = self._values[self.species.index(name)]
        return plane

    def _include(self, source: ArrayLike | None) -> Floats:
        if source is not None:
            self.source += np.asarray(source, dtype=float)
        return self.source


class Fields(Grid):
    """Diffusing interstitial concentrations that exchange with blood and decay.

    Parameters
    ----------
    species, rows, columns, start
        As in `Grid`.
    spacing : float
        Distance of neighbouring sites [um].
    diffusion : array_like, shape (species,)
        Effective diffusion coefficients [um2/min].
    exchange : array_like, shape (species, rows, columns) or (species, 1, 1)
        Capillary exchange rates, relative to the volume of a site [1/min]; may be assigned anew at any time, as a
        whole.
    decay : array_like, shape (species,)
        First-order loss [1/min].
    substeps : int
        Substeps per minute.
    """

    def __init__(
        self,
        species: Sequence[str],
        rows: int,
        columns: int,
        *,
        spacing: float,
        diffusion: ArrayLike,
        exchange: ArrayLike,
        decay: ArrayLike = 0.0,
        start: ArrayLike = 0.0,
        substeps: int = SUBSTEPS,
    ) -> None:
        super().__init__(species, rows, columns, start)
        if not spacing > 0 or substeps < 1:
            raise ValueError(f"spacing is {spacing} um and substeps {substeps}; both must be above 0")
        self.spacing = spacing
        self.substeps = substeps
        self._coupling = _per_species(diffusion, self.shape, "diffusion") / spacing**2
        self._decay = _per_species(decay, self.shape, "decay")
        self._exchange = _not_negative(_per_site(exchange, self.shape, "exchange"), "exchange")
        self._change: Floats = np.empty(self.shape)
        self._plans: dict[float, tuple[float, int, Floats, Floats]] = {}  # by length of a step

    @property
    def exchange(self) -> Floats:
        """Capillary exchange rates, shape (species, rows, columns) [1/min]; a view that cannot be written to."""
        rates = self._exchange.view()
        rates.flags.writeable = False
        return rates

    @exchange.setter
    def exchange(self, exchange: ArrayLike) -> None:
        self._exchange = _not_negative(_per_site(exchange, self.shape, "exchange"), "exchange")
        self._plans.clear()

    def step(self, dt: float, blood: ArrayLike, source: ArrayLike | None = None) -> Flows:
        """Advance by dt [min] with blood and sources held.

        Parameters
        ----------
        dt : float
            Length of the step [min].
        blood : array_like, shape (species,)
            Concentrations in capillary blood [own unit of each species].
        source : array_like, shape (species, rows, columns), optional
            Output minus uptake [unit/min], added to what cells deposited; both are spent by the step.

        Returns
        -------
        Flows
            With ``mean(values)`` over the sites: change = from_blood - decayed + dt * mean(source).
        """
        if not dt > 0:
            raise ValueError(f"dt is {dt} min; give a step above 0")
        if dt not in self._plans:
            self._plans = {dt: self._plan(dt)}
        flows = Flows(np.zeros(self.shape[0]), np.zeros(self.shape[0]))
        concentrations = (self._values, self._include(source), _levels(blood, self.shape, "blood"))
        rates = (self._exchange, self._decay, self._coupling)
        self._advance((*concentrations, *rates, *self._plans[dt], self._change, *flows))
        self.source.fill(0.0)
        return flows

    def _plan(self, dt: float) -> tuple[float, int, Floats, Floats]:
        """Return length [min] and number of the substeps of a step, and their inverse pivots."""
        number = max(1, math.ceil(dt * self.substeps - 1e-9))
        along, factor = np.empty((self.shape[0], self.shape[2])), np.empty(self.shape)
        transport.factorise(self._exchange, self._decay, self._coupling, dt / number, along, factor)
        return dt / number, number, along, factor

    def _advance(self, arguments: tuple[Any, ...]) -> None:
        """Solve all species; several threads take whole species, so that their number cannot change a bit."""
        threads = 1
        if self._values.size >= THREADS_FROM:
            threads = min(numba.get_num_threads(), self.shape[0])
        if threads == 1:
            transport.advance(0, 1, *arguments)
            return
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda first: transport.advance(first, threads, *arguments), range(threads)))


class Sinusoid(Grid):
    """Blood passing liver cells from the portal column 0 to the central column -1, every row with the same flow.

    Parameters
    ----------
    species, rows, columns, start
        As in `Grid`; the values are means over the length of a site.
    clearance : array_like, shape (species, rows, columns) or (species, 1, 1)
        First-order clearance of the liver if all of it were like this site [L/min per kg liver]; the mean over sites
        acts. May be assigned anew at any time.
    """

    def __init__(
        self,
        species: Sequence[str],
        rows: int,
        columns: int,
        *,
        clearance: ArrayLike = 0.0,
        start: ArrayLike = 0.0,
    ) -> None:
        super().__init__(species, rows, columns, start)
        self._clearance = _not_negative(_per_site(clearance, self.shape, "clearance"), "clearance")

    @property
    def clearance(self) -> Floats:
        """First-order clearance, shape (species, rows, columns) [L/min per kg liver]."""
        return self._clearance

    @clearance.setter
    def clearance(self, clearance: ArrayLike) -> None:
        self._clearance[...] = _not_negative(_per_site(clearance, self.shape, "clearance"), "clearance")

    def set_clearance(self, species: str, clearance: float) -> None:
        """Let one species be cleared alike at all sites [L/min per kg liver]; cheaper than assigning all."""
        if not clearance >= 0.0:
            raise ValueError(f"clearance of {species} is {clearance}; give a number of at least 0")
        self._clearance[self.species.index(species)].fill(clearance)

    def step(self, inflow: ArrayLike, flow: float, net_output: ArrayLike | None = None) -> Passage:
        """Lay out the profile that blood takes on its way, with inflow and cells' output held.

        Parameters
        ----------
        inflow : array_like, shape (species,)
            Concentrations in the mixed portal and arterial blood [own unit of each species].
        flow : float
            Blood flow [L/min per kg liver].
        net_output : array_like, shape (species, rows, columns), optional
            Output minus uptake of each site [amount/min per kg liver], added to what cells deposited; both are spent.

        Returns
        -------
        Passage
            With ``flow * (outflow - inflow) = sum(net_output) - cleared``.
        """
        if not flow > 0:
            raise ValueError(f"flow is {flow} L/min per kg; give a blood flow above 0")
        passage = Passage(np.zeros(self.shape[0]), np.zeros(self.shape[0]))
        entering = _levels(inflow, self.shape, "inflow")
        transport.march(
            self._values, self._include(net_output), self._clearance, entering, float(flow), *passage
        )
        self.source.fill(0.0)
        return passage


def _levels(given: ArrayLike, shape: tuple[int, int, int], name: str) -> Floats:
    """Return concentrations by species; an array of the right kind as it is."""
    if isinstance(given, np.ndarray) and given.shape == shape[:1] and given.dtype == np.float64:
        return np.ascontiguousarray(given)
    return _numbers(given, shape, name)


def _per_species(given: ArrayLike, shape: tuple[int, int, int], name: str) -> Floats:
    return _not_negative(_numbers(given, shape, name), name)


def _numbers(given: ArrayLike, shape: tuple[int, int, int], name: str) -> Floats:
    values = np.array(given, dtype=float)
    if values.shape != shape[:1]:
        if values.ndim:
            raise ValueError(
                f"{name} has shape {values.shape}; give one number per species, shape {shape[:1]}"
            )
        values = np.full(shape[:1], values)
    return values


def _per_site(given: ArrayLike, shape: tuple[int, int, int], name: str) -> Floats:
    values = np.asarray(given, dtype=float)
    if values.ndim == 1:
        values = values[:, None, None]
    try:
        return np.array(np.broadcast_to(values, shape))
    except ValueError:
        wanted = f"one number per species {shape[:1]} or per species and site {shape}"
        raise ValueError(f"{name} has shape {np.shape(given)}; give {wanted}") from None


def _not_negative(values: Floats, name: str) -> Floats:
    if not (values >= 0).all():
        raise ValueError(f"{name} has a value of {np.min(values)}; give numbers of at least 0")
    return values
