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

import logging
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..agents.cache import cache_folder

Floats = NDArray[np.float64]
Sites = NDArray[np.int64]

SUBSTEPS = 4
"""Substeps per minute."""

THREADS_FROM = 200_000
"""Number of concentrations (species x sites) from which species are shared out among threads."""

log = logging.getLogger("insulattice")

_NOTHING: Floats = np.zeros(0)
_PAIRS_FROM = 128  # numbers of a sum from which it is made of two
_SERIES_BELOW = 1e-2  # extraction per site from which a difference is accurate enough to do without a series


class Flows(NamedTuple):
    """What a step of `Fields` moved, as change of the mean concentration; each of shape (species,) [unit]."""

    from_blood: Floats
    decayed: Floats


class Passage(NamedTuple):
    """What left a `Sinusoid`, each of shape (species,): concentration [unit], amount per time [unit L/min/kg]."""

    outflow: Floats
    cleared: Floats


class Grid:
    """Concentrations of several species on a grid of sites, read and changed by cells that know their site.

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
        _keep_compiled()
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

    def gather(
        self, sites: Sites, out: Floats | None = None, species: str | None = None, more: Floats | None = None
    ) -> Floats:
        """Return the concentrations at flat site numbers (row * columns + column), shape (species, cells).

        Parameters
        ----------
        sites : array of int, shape (cells,)
        out : array, shape (species, cells), optional
            Where to write them.
        species : str, optional
            A species of which cells find ``more``, shape (sites,), at each site than the field holds.
        """
        _announce()
        if out is None:
            out = np.empty((self.shape[0], len(sites)))
        elif out.shape != (self.shape[0], len(sites)):
            raise ValueError(
                f"out has shape {out.shape}; give an array of shape {(self.shape[0], len(sites))}"
            )
        raised = -1 if species is None else self.species.index(species)
        _gather(self._values, _contiguous(sites), out, raised, _NOTHING if more is None else more)
        return out

    def deposit(self, sites: Sites, amounts: Floats) -> None:
        """Add what cells put out (negative: take up), shape (species, cells), to `source`, cell after cell."""
        expected = (self.shape[0], len(sites))
        if amounts.shape != expected:
            raise ValueError(f"amounts have shape {amounts.shape}; give one per species and cell, {expected}")
        every = np.array([(species, species, 1) for species in range(self.shape[0])])
        self.deposit_fluxes(sites, np.asarray(amounts, np.float64), every, 1.0)

    def deposit_fluxes(
        self,
        sites: Sites,
        fluxes: Floats,
        exchanges: Sites,
        scale: float,
        row: int = -1,
        apart: Floats | None = None,
    ) -> Floats:
        """Add some fluxes of cells to `source`, those of one species together, cell after cell.

        Parameters
        ----------
        sites : array of int, shape (cells,)
            Flat site numbers.
        fluxes : array, shape (fluxes, cells or more)
        exchanges : array of int, shape (exchanges, 3)
            Row of the flux, species, and sign; by species.
        scale : float
            Turns a flux into the unit of `source`.
        row : int
            A flux that is also added to ``apart``, shape (sites,), by itself.

        Returns
        -------
        array, shape (fluxes,)
            The sum of every flux over the cells.
        """
        apart = _NOTHING if apart is None else apart
        return _deposit(self.source, _contiguous(sites), fluxes, exchanges, scale, row, apart)

    def sums(self) -> tuple[list[float], list[float]]:
        """Return the sums over all sites of the concentrations and of what was deposited, by species."""
        return _sum_planes(self._values).tolist(), _sum_planes(self.source).tolist()

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
        Capillary exchange rates, relative to the volume of a site [1/min]; may be assigned anew at any time.
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
        self._factor: Floats = np.empty(self.shape)
        self._change: Floats = np.empty(self.shape)

    @property
    def exchange(self) -> Floats:
        """Capillary exchange rates, shape (species, rows, columns) [1/min]."""
        return self._exchange

    @exchange.setter
    def exchange(self, exchange: ArrayLike) -> None:
        self._exchange[...] = _not_negative(_per_site(exchange, self.shape, "exchange"), "exchange")

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
        _announce()
        number = max(1, math.ceil(dt * self.substeps - 1e-9))
        flows = Flows(np.zeros(self.shape[0]), np.zeros(self.shape[0]))
        concentrations = (
            self._values,
            self._include(source),
            _per_species(blood, self.shape, "blood", low=None),
        )
        rates = (self._exchange, self._decay, self._coupling, dt / number, number)
        self._advance((*concentrations, *rates, self._factor, self._change, *flows))
        self.source.fill(0.0)
        return flows

    def _advance(self, arguments: tuple[Any, ...]) -> None:
        """Solve all species; several threads take whole species, so that their number cannot change a bit."""
        threads = 1
        if self._values.size >= THREADS_FROM:
            threads = min(numba.get_num_threads(), self.shape[0])
        if threads == 1:
            _advance(0, 1, *arguments)
            return
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda first: _advance(first, threads, *arguments), range(threads)))


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
        self._clearance[self.species.index(species)] = clearance

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
        entering = _per_species(inflow, self.shape, "inflow", low=None)
        _march(self._values, self._include(net_output), self._clearance, entering, float(flow), *passage)
        self.source.fill(0.0)
        return passage


def _per_species(given: ArrayLike, shape: tuple[int, int, int], name: str, low: float | None = 0.0) -> Floats:
    values = np.array(given, dtype=float)
    if values.shape != shape[:1]:
        if values.ndim:
            raise ValueError(
                f"{name} has shape {values.shape}; give one number per species, shape {shape[:1]}"
            )
        values = np.full(shape[:1], values)
    return values if low is None else _not_negative(values, name)


def _per_site(given: ArrayLike, shape: tuple[int, int, int], name: str) -> Floats:
    values = np.asarray(given, dtype=float)
    if values.ndim == 1:
        values = values[:, None, None]
    try:
        return np.array(np.broadcast_to(values, shape))
    except ValueError:
        wanted = f"one number per species {shape[:1]} or per species and site {shape}"
        raise ValueError(f"{name} has shape {np.shape(given)}; give {wanted}") from None


def _contiguous(sites: Sites) -> Sites:
    return (
        sites
        if sites.dtype == np.int64 and sites.flags.c_contiguous
        else np.ascontiguousarray(sites, np.int64)
    )


def _not_negative(values: Floats, name: str) -> Floats:
    if not (values >= 0).all():
        raise ValueError(f"{name} has a value of {np.min(values)}; give numbers of at least 0")
    return values


# Compiled part. All in this file: the on-disk cache of numba does not see changes in another one.
# Sums over a row may be taken in any order (reassoc), or they would not vectorise; that order is fixed when compiled.
_compiled = numba.njit(nogil=True, error_model="numpy")
_compiled_sum = numba.njit(nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})


@_compiled
def _gather(values: Floats, sites: Sites, out: Floats, raised: int, more: Floats) -> None:
    """Copy the values at the sites, cell by cell; one species is raised by what there is more of it at each site."""
    planes = values.reshape(values.shape[0], values.shape[1] * values.shape[2])
    _check_sites(sites, planes.shape[1])
    for species in range(len(planes)):
        for cell in range(sites.size):
            out[species, cell] = planes[species, sites[cell]]
    if raised >= 0:
        for cell in range(sites.size):
            out[raised, cell] += more[sites[cell]]


@_compiled
def _check_sites(sites: Sites, number: int) -> None:
    """Raise an IndexError if a cell stands outside the grid."""
    for cell in range(sites.size):
        if sites[cell] < 0 or sites[cell] >= number:
            raise IndexError("a cell stands outside the grid")


@_compiled
def _deposit(
    source: Floats, sites: Sites, fluxes: Floats, exchanges: Sites, scale: float, row: int, apart: Floats
) -> Floats:
    """Add the fluxes at the sites, species by species and cell by cell in their order; return all sums."""
    planes = source.reshape(source.shape[0], source.shape[1] * source.shape[2])
    _check_sites(sites, planes.shape[1])
    amounts = np.zeros(sites.size)
    for place in range(len(exchanges)):
        flux, species, sign = exchanges[place]
        for cell in range(sites.size):
            amounts[cell] += sign * scale * fluxes[flux, cell]
        if place + 1 == len(exchanges) or exchanges[place + 1, 1] != species:
            for cell in range(sites.size):
                planes[species, sites[cell]] += amounts[cell]
            amounts[:] = 0.0
    if row >= 0:
        here = np.zeros(apart.size)
        for cell in range(sites.size):
            here[sites[cell]] += scale * fluxes[row, cell]
        apart += here
    return _sum_rows(fluxes, sites.size)


@_compiled
def _sum_planes(values: Floats) -> Floats:
    """Return the sum over the sites of each species."""
    sites = values.shape[1] * values.shape[2]
    return _sum_rows(values.reshape(values.shape[0], sites), sites)


@_compiled
def _sum_rows(table: Floats, count: int) -> Floats:
    """Return the sum over the first columns of each row."""
    sums = np.empty(len(table))
    for row in range(len(table)):
        sums[row] = _sum(table[row, :count])
    return sums


@_compiled
def _sum(line: Floats) -> float:
    """Return the sum of a line in pairs, in the order of NumPy, so that it is as exact and the same to the last bit."""
    size = line.size
    if size > _PAIRS_FROM:
        half = size // 2 - size // 2 % 8
        return _sum(line[:half]) + _sum(line[half:])
    total = 0.0
    whole = size - size % 8
    if whole > 0:
        a, b, c, d, e, f, g, h = line[0], line[1], line[2], line[3], line[4], line[5], line[6], line[7]
        for i in range(8, whole, 8):
            a, b, c, d = a + line[i], b + line[i + 1], c + line[i + 2], d + line[i + 3]
            e, f, g, h = e + line[i + 4], f + line[i + 5], g + line[i + 6], h + line[i + 7]
        total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for i in range(whole, size):
        total += line[i]
    return total


@_compiled
def _advance(
    first: int,
    stride: int,
    values: Floats,
    source: Floats,
    blood: Floats,
    exchange: Floats,
    decay: Floats,
    coupling: Floats,
    h: float,
    number: int,
    factor: Floats,
    change: Floats,
    from_blood: Floats,
    decayed: Floats,
) -> None:
    """Take `number` substeps of length h for every stride-th species, adding up what came from blood and decayed."""
    rows, columns = values.shape[1:]
    lines = np.zeros((4, columns))
    carry = np.empty(columns)
    for k in range(first, values.shape[0], stride):
        mobility = 0.5 * h * coupling[k]
        along = _row_factors(columns, mobility)
        _column_factors(exchange, decay[k], h, mobility, k, carry, factor)
        entered = total = 0.0
        for _ in range(number):
            carry[:] = 0.0
            for top in range(0, rows, 4):
                for i in range(top, min(top + 4, rows)):
                    _explicit_row(
                        values, source, exchange, blood[k], decay[k], coupling[k], h, k, i, lines[i - top]
                    )
                _solve_rows(lines, along, mobility)
                for i in range(top, min(top + 4, rows)):
                    _eliminate(lines[i - top], factor, mobility, k, i, carry, change)
            carry[:] = 0.0
            for i in range(rows - 1, -1, -1):
                row_entered, row_total = _substitute(
                    change, factor, mobility, k, i, carry, exchange, blood[k], values
                )
                entered += row_entered
                total += row_total
        from_blood[k] = h * entered / (rows * columns)
        decayed[k] = h * decay[k] * total / (rows * columns)


@_compiled
def _explicit_row(
    values: Floats,
    source: Floats,
    exchange: Floats,
    blood: float,
    decay: float,
    coupling: float,
    h: float,
    k: int,
    i: int,
    line: Floats,
) -> None:
    """Write the explicit change of row i. Differences of neighbours pair up exactly: diffusion sums to zero."""
    last = line.size - 1
    up, down = max(i - 1, 0), min(i + 1, values.shape[1] - 1)
    for j in range(1, last):
        here = values[k, i, j]
        sideways = (values[k, i, j - 1] - here) + (values[k, i, j + 1] - here)
        spread = sideways + (values[k, up, j] - here) + (values[k, down, j] - here)
        line[j] = h * (
            coupling * spread + exchange[k, i, j] * (blood - here) - decay * here + source[k, i, j]
        )
    for j in (0, last):
        here = values[k, i, j]
        sideways = (values[k, i, max(j - 1, 0)] - here) + (values[k, i, min(j + 1, last)] - here)
        spread = sideways + (values[k, up, j] - here) + (values[k, down, j] - here)
        line[j] = h * (
            coupling * spread + exchange[k, i, j] * (blood - here) - decay * here + source[k, i, j]
        )


@_compiled
def _row_factors(columns: int, mobility: float) -> Floats:
    """Return the inverse pivots of 1 - h/2 X, shape (columns,)."""
    factors = np.empty(columns)
    before = 0.0
    for j in range(columns):
        neighbours = (j > 0) + (j < columns - 1)
        before = 1.0 / (1.0 + mobility * (neighbours - mobility * before))
        factors[j] = before
    return factors


@_compiled
def _column_factors(
    exchange: Floats, decay: float, h: float, mobility: float, k: int, carry: Floats, factor: Floats
) -> None:
    """Write the inverse pivots of 1 - h/2 Y + h/2 (exchange + decay) at every site."""
    rows = exchange.shape[1]
    carry[:] = 0.0
    for i in range(rows):
        neighbours = (i > 0) + (i < rows - 1)
        diagonal = 1.0 + mobility * neighbours + 0.5 * h * decay
        for j in range(carry.size):
            carry[j] = 1.0 / (diagonal + 0.5 * h * exchange[k, i, j] - mobility * mobility * carry[j])
        for j in range(carry.size):
            factor[k, i, j] = carry[j]


@_compiled
def _solve_rows(lines: Floats, along: Floats, mobility: float) -> None:
    """Solve 1 - h/2 X in place for four rows, shape (4, columns): four chains hide each other's waiting."""
    a = b = c = d = 0.0
    for j in range(lines.shape[1]):
        pivot = along[j]
        carried = mobility * pivot
        a = lines[0, j] = pivot * lines[0, j] + carried * a
        b = lines[1, j] = pivot * lines[1, j] + carried * b
        c = lines[2, j] = pivot * lines[2, j] + carried * c
        d = lines[3, j] = pivot * lines[3, j] + carried * d
    a = b = c = d = 0.0
    for j in range(lines.shape[1] - 1, -1, -1):
        carried = mobility * along[j]
        a = lines[0, j] = lines[0, j] + carried * a
        b = lines[1, j] = lines[1, j] + carried * b
        c = lines[2, j] = lines[2, j] + carried * c
        d = lines[3, j] = lines[3, j] + carried * d


@_compiled
def _eliminate(
    line: Floats, factor: Floats, mobility: float, k: int, i: int, carry: Floats, change: Floats
) -> None:
    """Carry the elimination down the columns to row i."""
    for j in range(line.size):
        here = factor[k, i, j] * (line[j] + mobility * carry[j])
        carry[j] = here
        change[k, i, j] = here


@_compiled_sum
def _substitute(
    change: Floats,
    factor: Floats,
    mobility: float,
    k: int,
    i: int,
    carry: Floats,
    exchange: Floats,
    blood: float,
    values: Floats,
) -> tuple[float, float]:
    """Carry the back substitution up to row i and apply it; return the sums of exchange and midway concentration."""
    entered = total = 0.0
    for j in range(carry.size):
        here = change[k, i, j] + mobility * factor[k, i, j] * carry[j]
        before = values[k, i, j]
        midway = before + 0.5 * here
        entered += exchange[k, i, j] * (blood - midway)
        total += midway
        carry[j] = here
        values[k, i, j] = before + here
    return entered, total


@_compiled
def _march(
    values: Floats,
    net_output: Floats,
    clearance: Floats,
    inflow: Floats,
    flow: float,
    outflow: Floats,
    cleared: Floats,
) -> None:
    """Lead blood along every row; each site is a tube with constant output and first-order clearance."""
    rows, columns = values.shape[1:]
    for k in range(values.shape[0]):
        for i in range(rows):
            passing = inflow[k]
            for j in range(columns):
                extraction = clearance[k, i, j] / (columns * flow)
                added = net_output[k, i, j] * rows / flow
                escaping, early = _tube(extraction)
                values[k, i, j] = passing * escaping + added * early
                cleared[k] += clearance[k, i, j] * values[k, i, j] / (rows * columns)
                passing = passing * max(0.0, 1.0 - extraction * escaping) + added * escaping
            outflow[k] += passing / rows


@_compiled
def _tube(x: float) -> tuple[float, float]:
    """Return p = (1 - e^-x) / x and (1 - p) / x: what a tube holds of what enters, and of what is added evenly."""
    if x < _SERIES_BELOW:
        early = 0.5 - x / 6.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0 * (1.0 - x / 6.0 * (1.0 - x / 7.0))))
        return 1.0 - x * early, early
    escaping = -math.expm1(-x) / x
    return escaping, (1.0 - escaping) / x


@cache
def _keep_compiled() -> None:
    """Let numba keep what it compiles of this file in our cache folder.

    It would keep it beside the source, where pip does not find it: what an uninstalled version left there would hide
    the folder of an editable one.
    """
    numba_config: Any = numba.config
    usual, numba_config.CACHE_DIR = numba_config.CACHE_DIR, str(cache_folder() / "fields")
    try:
        for function in list(globals().values()):
            if isinstance(function, numba.core.dispatcher.Dispatcher):
                function.enable_caching()
    finally:
        numba_config.CACHE_DIR = usual


@cache
def _announce() -> None:
    """Say so, once, if this file is still to be compiled."""
    if not _is_kept(Path(str(_advance.stats.cache_path))):
        log.info("compiling the step of the tissue fields, once ...")


def _is_kept(folder: Path) -> bool:
    """Tell whether a folder of numba has this file compiled, and not an older one."""
    written = Path(__file__).stat().st_mtime
    return any(file.stat().st_mtime >= written for file in folder.glob("fields._advance-*.nbc"))
