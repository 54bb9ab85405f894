"""The compiled part of the tissue fields and of what blood shows them.

Gathering and depositing, the implicit step of diffusing fields, the passage of blood along liver cells, and the levels
that blood and fields find together in a step. What each is for, and its sources, stand in :mod:`.fields` and
:mod:`.exchange`. All that is compiled of them is in this file: the on-disk cache of numba does not see changes in
another one. Sums over a row may be taken in any order (reassoc), or they would not vectorise; that order is fixed when
compiled.
"""

import logging
import math
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from ..agents.cache import cache_folder

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

log = logging.getLogger("insulattice")

_PAIRS_FROM = 128  # numbers of a sum from which it is made of two
_SERIES_BELOW = 1e-2  # extraction per site from which a difference is accurate enough to do without a series

_compiled = numba.njit(nogil=True, error_model="numpy")
_compiled_sum = numba.njit(nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})


@_compiled
def gather(values: Floats, sites: Integers, out: Floats, raised: int, more: Floats) -> None:
    """Copy the values at flat site numbers to ``out``, shape (species, cells).

    The species ``raised`` (-1 for none) is found at each site by ``more``, shape (sites,), higher than the field.

    Raises
    ------
    IndexError
        If a cell stands outside the grid, or ``out`` is too small.
    """
    if out.shape[0] != values.shape[0] or out.shape[1] < sites.size:
        raise IndexError("no room for what the cells find")
    planes = values.reshape(values.shape[0], values.shape[1] * values.shape[2])
    _check_sites(sites, planes.shape[1])
    for species in range(len(planes)):
        for cell in range(sites.size):
            out[species, cell] = planes[species, sites[cell]]
    if raised >= 0:
        for cell in range(sites.size):
            out[raised, cell] += more[sites[cell]]


@_compiled
def _check_sites(sites: Integers, number: int) -> None:
    """Raise an IndexError if a cell stands outside the grid."""
    for cell in range(sites.size):
        if sites[cell] < 0 or sites[cell] >= number:
            raise IndexError("a cell stands outside the grid")


@_compiled
def deposit(
    source: Floats,
    sites: Integers,
    fluxes: Floats,
    exchanges: Integers,
    scale: float,
    row: int,
    apart: Floats,
) -> Floats:
    """Add fluxes of cells to the sources of their sites, species by species and cell by cell in their order.

    Parameters
    ----------
    source : array, shape (species, rows, columns)
    sites : array of int, shape (cells,)
        Flat site numbers.
    fluxes : array, shape (fluxes, cells or more)
    exchanges : array of int, shape (exchanges, 3)
        Row of the flux, species, and sign; by species.
    scale : float
        Turns a flux into the unit of ``source``.
    row : int
        A flux that is also added to ``apart``, shape (sites,), by itself; -1 for none. What acts from membranes is
        known by it.

    Returns
    -------
    array, shape (fluxes,)
        The sum of every flux over the cells.

    Raises
    ------
    IndexError
        If a cell stands outside the grid.
    """
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
def collect(
    source: Floats,
    sites: Integers,
    count: int,
    fluxes: Floats,
    with_site: Integers,
    scale: float,
    row: int,
    apart: Floats,
    with_blood: Integers,
    kg_per_cell: float,
    to_blood: Floats,
    places: Integers,
    totals: Floats,
) -> None:
    """Deposit for the first ``count`` cells (see :func:`deposit`), and add what goes straight to blood.

    ``with_blood``, shape (exchanges, 3), has row of the flux, pool of ``to_blood``, and sign; ``places``, shape
    (fluxes,), the place of each flux among ``totals``. Adds the sums over the tissue to ``to_blood``, shape (pools,),
    and ``totals``, shape (names,).
    """
    sums = kg_per_cell * deposit(source, sites[:count], fluxes, with_site, scale, row, apart)
    for flux in range(sums.size):
        totals[places[flux]] += sums[flux]
    for place in range(len(with_blood)):
        flux, pool, sign = with_blood[place]
        to_blood[pool] += sign * sums[flux]


@_compiled
def _drawn(tissue: tuple[Floats, Floats, Floats], dt: float) -> Floats:
    """Return what blood draws from a tissue by species, midway in a step; see :func:`mix`."""
    reach, values, source = tissue
    sites = values.shape[1] * values.shape[2]
    drawn: Floats = reach * (sum_planes(values) + 0.5 * dt * sum_planes(source)) / sites
    return drawn


@_compiled
def mix(
    level: Floats,
    litres: Floats,
    clearance: Floats,
    gains: Floats,
    held: Floats,
    rest: float,
    rest_reach: float,
    first: tuple[Floats, Floats, Floats],
    second: tuple[Floats, Floats, Floats],
    dt: float,
    shown: Floats,
    cleared: Floats,
) -> float:
    """Find the levels that blood shows two tissues in a step, and what it has left after clearance.

    Returns the glucose that went to tissue that is not simulated [amount].

    Parameters
    ----------
    level, litres, clearance, gains : array, shape (pools,)
        Concentrations (changed in place), volumes [L], removal per concentration [L/min] and gains [amount/min]; the
        first pools are those of the fields, glucose before all.
    held : array, shape (pools,)
        Levels of pools of the fields that are held, or NaN.
    rest : float
        Glucose in tissue that is not simulated [concentration].
    rest_reach : float
        Volume of it that blood reaches in the step [L].
    first, second : tuple of arrays
        Of each tissue the volumes reached by species, the fields and their sources.
    shown : array, shape (species,)
        Receives what blood shows, behind insulin.
    cleared : array, shape (pools,)
        Receives what was cleared [amount].
    """
    fields = shown.size - 1
    from_first, from_second = _drawn(first, dt), _drawn(second, dt)
    to_rest = 0.0
    for pool in range(level.size):
        weight = litres[pool] + clearance[pool] * dt
        content = litres[pool] * level[pool] + gains[pool] * dt
        if pool >= fields:
            level[pool] = content / weight
            cleared[pool] = clearance[pool] * level[pool] * dt
            continue
        k = pool + 1
        weight = weight + first[0][k] + second[0][k]
        content = content + from_first[k] + from_second[k]
        if pool == 0:
            weight = weight + rest_reach
            content = content + rest_reach * rest
        shown[k] = content / weight if np.isnan(held[pool]) else held[pool]
        cleared[pool] = clearance[pool] * shown[k] * dt
        change = gains[pool] * dt - cleared[pool]
        if pool == 0:
            to_rest = rest_reach * (shown[k] - rest)
            change = change - to_rest
        level[pool] = level[pool] + change / litres[pool]
    return to_rest


@_compiled
def credit(level: Floats, litres: Floats, tissue_litres: float, from_blood: Floats, dt: float) -> Floats:
    """Take from the levels of blood, shape (pools,), what the fields of a tissue took from it in a step.

    Parameters
    ----------
    litres : array, shape (pools,)
        Volumes of blood [L].
    tissue_litres : float
        Volume of the fields [L].
    from_blood : array, shape (species,)
        What was taken, as change of the mean concentration; insulin leads the species of the first pools.

    Returns
    -------
    array, shape (species - 1,)
        What was taken of each pool [amount/min].
    """
    taken = np.empty(from_blood.size - 1)
    for pool in range(taken.size):
        moved = from_blood[pool + 1] * tissue_litres
        level[pool] -= moved / litres[pool]
        taken[pool] = moved / dt
    return taken


@_compiled
def mean(values: Floats) -> float:
    """Return the mean of a few numbers, summed as NumPy does, in less time."""
    return _sum(values) / values.size


@_compiled
def sum_planes(values: Floats) -> Floats:
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
def advance(
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
    along: Floats,
    factor: Floats,
    change: Floats,
    from_blood: Floats,
    decayed: Floats,
) -> None:
    """Take `number` substeps of length h for every stride-th species, adding up what came from blood and decayed.

    ``along`` and ``factor`` are of :func:`factorise`.
    """
    rows, columns = values.shape[1:]
    lines = np.zeros((4, columns))
    carry = np.empty(columns)
    for k in range(first, values.shape[0], stride):
        mobility = 0.5 * h * coupling[k]
        entered = total = 0.0
        for _ in range(number):
            carry[:] = 0.0
            for top in range(0, rows, 4):
                for i in range(top, min(top + 4, rows)):
                    _explicit_row(
                        values, source, exchange, blood[k], decay[k], coupling[k], h, k, i, lines[i - top]
                    )
                _solve_rows(lines, along[k], mobility)
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
def factorise(
    exchange: Floats, decay: Floats, coupling: Floats, h: float, along: Floats, factor: Floats
) -> None:
    """Write the inverse pivots of a substep of length h: ``along`` a row, shape (species, columns), and at every site.

    They hold for as long as the rates do.
    """
    carry = np.empty(exchange.shape[2])
    for k in range(exchange.shape[0]):
        mobility = 0.5 * h * coupling[k]
        _row_factors(mobility, k, along)
        _column_factors(exchange, decay[k], h, mobility, k, carry, factor)


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
def _row_factors(mobility: float, k: int, along: Floats) -> None:
    """Write the inverse pivots of 1 - h/2 X along a row."""
    columns = along.shape[1]
    before = 0.0
    for j in range(columns):
        neighbours = (j > 0) + (j < columns - 1)
        before = 1.0 / (1.0 + mobility * (neighbours - mobility * before))
        along[k, j] = before


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
def march(
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
        extraction = 0.0
        escaping, early = tube(extraction)
        for i in range(rows):
            passing = inflow[k]
            for j in range(columns):
                here = clearance[k, i, j] / (columns * flow)
                if here != extraction:  # clearance is mostly alike from site to site
                    extraction = here
                    escaping, early = tube(extraction)
                added = net_output[k, i, j] * rows / flow
                values[k, i, j] = passing * escaping + added * early
                cleared[k] += clearance[k, i, j] * values[k, i, j] / (rows * columns)
                passing = passing * max(0.0, 1.0 - extraction * escaping) + added * escaping
            outflow[k] += passing / rows


@_compiled
def tube(x: float) -> tuple[float, float]:
    """Return p = (1 - e^-x) / x and (1 - p) / x: what a tube holds of what enters, and of what is added evenly."""
    if x < _SERIES_BELOW:
        early = 0.5 - x / 6.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0 * (1.0 - x / 6.0 * (1.0 - x / 7.0))))
        return 1.0 - x * early, early
    escaping = -math.expm1(-x) / x
    return escaping, (1.0 - escaping) / x


@cache
def prepare() -> None:
    """Let numba keep what it compiles of this file in our cache folder; say so, once, if that is still to be done.

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
    if not _is_kept(Path(str(advance.stats.cache_path))):
        log.info("compiling the step of the tissue fields, once ...")


def _is_kept(folder: Path) -> bool:
    """Tell whether a folder of numba has this file compiled, and not an older one."""
    written = Path(__file__).stat().st_mtime
    return any(file.stat().st_mtime >= written for file in folder.glob("transport.advance-*.nbc"))
