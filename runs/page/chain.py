"""The signalling chain of one cell, drawn with what this cell has of each link, beside the other cells of its kind."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...agents.arrows import read_arrows
from ...agents.mechanism import SITE_NAMES
from ...agents.population import Population
from ...analysis.style import printed_name, printed_unit
from ...environment.body import Body
from .look import FIELD_UNITS, SIGNALS, Marked, Sight, column_of

Array = NDArray[np.float64]

MEDIAN_OF = 1000
"""About so many cells are taken for a median."""
BOX = (104.0, 44.0)
STEP = (126.0, 84.0)
LOW, MIDDLE, HIGH = "#0173b2", "#ffffff", "#de8f05"
ACTS, BRAKES, CUT = "#404040", "#c04a00", "#bdbdbd"
FOLD = 2.0
"""A box has its full colour where a cell has so many times what the others have, or so much less."""


class Node(NamedTuple):
    """A link of a chain: its words, the state, signal or ``local_`` field it shows, and its place."""

    words: str
    source: str
    column: float
    row: int


class Link(NamedTuple):
    """What acts on what; ``brakes`` if it holds back; the arrow of the causal web that it is, if it is one."""

    start: str
    stop: str
    brakes: bool = False
    arrow: str = ""


class Chain(NamedTuple):
    """A chain as it is drawn."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


class CellCard(NamedTuple):
    """What is shown of one cell.

    Attributes
    ----------
    title : str
    picture : str
        The chain as SVG.
    rows : list of (str, float, float, str)
        Name, value, median of the cells of its kind in this tissue, unit.
    """

    title: str
    picture: str
    rows: list[tuple[str, float, float, str]]


_INSULIN = (
    Node("Insulin", "local_insulin", 0, 1),
    Node("Receptor", "receptor_tyr", 1, 1),
    Node("IRS-1", "irs1_active", 2, 1),
    Node("PI3K", "pi3k", 3, 1),
    Node("Akt", "akt_s473", 4, 1),
)
_STRESS = (
    Node("TNF-α", "local_tnf", 0, 2),
    Node("ER stress", "xbp1s", 0, 3),
    Node("SOCS3", "socs3", 1, 2),
    Node("IRS-1 S312", "irs1_s312", 2, 2),
    Node("Ceramide", "ceramide", 4, 2),
    Node("IKKβ", "ikk", 1, 3),
    Node("JNK", "jnk", 2, 3),
    Node("PKC", "pkc_membrane", 3, 2),
    Node("DAG", "dag", 3, 3),
    Node("Acyl-CoA", "acyl", 4, 3),
    Node("ROS", "ros", 5, 3),
    Node("Mitochondria", "mito_capacity", 6, 3),
)
_LINKS = (
    Link("Insulin", "Receptor"),
    Link("Receptor", "IRS-1", arrow="receptor->irs1"),
    Link("IRS-1", "PI3K"),
    Link("PI3K", "Akt", arrow="irs1->akt"),
    Link("TNF-α", "IKKβ", arrow="tnf->ikk"),
    Link("ER stress", "IKKβ", arrow="ire1->ikk"),
    Link("IKKβ", "IRS-1 S312", arrow="ikk->irs1"),
    Link("JNK", "IRS-1 S312", arrow="jnk->irs1"),
    Link("PKC", "IRS-1 S312", arrow="pkc->irs1"),
    Link("IRS-1 S312", "IRS-1", True),
    Link("SOCS3", "IRS-1", True, "il6->irs1"),
    Link("DAG", "PKC", arrow="dag->pkc"),
    Link("Acyl-CoA", "DAG"),
    Link("Acyl-CoA", "ROS", arrow="acyl->ros"),
    Link("Mitochondria", "ROS", arrow="mitochondria->ros"),
    Link("Ceramide", "Akt", True, "ceramide->akt"),
)
_MUSCLE = Chain(
    (
        *_INSULIN,
        Node("AS160", "as160", 5, 1),
        Node("GLUT4", "glut4_surface", 6, 1),
        Node("Glucose uptake", "glucose_uptake", 7, 1),
        Node("AMPK", "ampk", 6, 2),
        *_STRESS,
    ),
    (
        *_LINKS,
        Link("Akt", "AS160", arrow="akt->as160"),
        Link("AS160", "GLUT4", arrow="as160->glut4"),
        Link("GLUT4", "Glucose uptake"),
        Link("AMPK", "GLUT4", arrow="ampk->glut4"),
    ),
)
_FAT = Chain(
    (
        *_INSULIN,
        Node("PDE3B", "pde3b", 5, 1),
        Node("cAMP", "camp", 6, 1),
        Node("HSL", "hsl", 7, 1),
        Node("Fatty acids out", "ffa_output", 8, 1),
        Node("AS160", "as160", 5, 0),
        Node("GLUT4", "glut4_surface", 6, 0),
        Node("Glucose uptake", "glucose_uptake", 7, 0),
        Node("Hypoxia", "hypoxia", 7, 3),
        Node("TNF-α made", "tnf_secretion", 8, 3),
        *_STRESS,
    ),
    (
        *_LINKS,
        Link("Akt", "PDE3B", arrow="akt->pde3b"),
        Link("PDE3B", "cAMP", True),
        Link("cAMP", "HSL"),
        Link("HSL", "Fatty acids out"),
        Link("Akt", "AS160", arrow="akt->as160"),
        Link("AS160", "GLUT4", arrow="as160->glut4"),
        Link("GLUT4", "Glucose uptake"),
        Link("Hypoxia", "TNF-α made", arrow="hypoxia->cytokines"),
    ),
)
_LIVER = Chain(
    (
        *_INSULIN,
        Node("FoxO1", "foxo1", 5, 1),
        Node("PEPCK", "pepck", 6, 1),
        Node("New glucose", "gluconeogenesis", 7, 1),
        Node("Glucose out", "glucose_output", 8, 1),
        Node("Glycogen", "glycogen", 8, 2),
        Node("AMPK", "ampk", 6, 2),
        *_STRESS,
    ),
    (
        *_LINKS,
        Link("Akt", "FoxO1", True, "akt->foxo1"),
        Link("FoxO1", "PEPCK"),
        Link("PEPCK", "New glucose"),
        Link("New glucose", "Glucose out"),
        Link("Glycogen", "Glucose out"),
        Link("PKC", "Receptor", True, "pkc->receptor"),
    ),
)
_MACROPHAGE = Chain(
    (
        Node("TNF-α", "local_tnf", 0, 0),
        Node("Fatty acids", "local_ffa", 0, 1),
        Node("Adiponectin", "local_adiponectin", 0, 2),
        Node("M1", "m1", 1.5, 0),
        Node("M2", "m2", 1.5, 2),
        Node("TNF-α made", "tnf_secretion", 3, 0),
        Node("MCP-1 made", "mcp1_secretion", 3, 1),
    ),
    (
        Link("TNF-α", "M1", arrow="tnf->m1"),
        Link("Fatty acids", "M1", arrow="ffa->m1"),
        Link("Adiponectin", "M2", arrow="adiponectin->m2"),
        Link("M2", "M1", True),
        Link("M1", "TNF-α made"),
        Link("M1", "MCP-1 made"),
    ),
)

CHAINS = {"myocyte": _MUSCLE, "adipocyte": _FAT, "hepatocyte": _LIVER, "macrophage": _MACROPHAGE}
"""The chain of each cell type."""


def cell_card(sight: Sight, marked: Marked) -> CellCard | None:
    """Return what is shown of a cell; None if it is gone."""
    body = sight.body
    column = column_of(body, marked)
    if column is None:
        return None
    cells = body.compartments[marked.compartment].populations[marked.cell_type]
    thinly = slice(None, None, max(1, len(cells) // MEDIAN_OF))
    here = {
        name: (float(found[column]), float(np.median(found[thinly])))
        for name, found in _values(sight, cells).items()
    }
    title = f"{printed_name(marked.cell_type)} {marked.cell} of {marked.compartment}"
    units = _units(body, cells.cell_type.name)
    rows = [(printed_name(name), *here[name], units.get(name, "")) for name in here]
    return CellCard(title, _drawn(CHAINS[marked.cell_type], here, _cut(body), title), rows)


def _values(sight: Sight, cells: Population) -> dict[str, Array]:
    """Return every state, signal and surrounding of the cells, each shape (cells,)."""
    found = {name: cells[name] for name in cells.ranges} | sight.signals(cells)
    return found | {f"local_{name}": cells.site[i, : len(cells)] for i, name in enumerate(SITE_NAMES)}


def _units(body: Body, cell_type: str) -> dict[str, str]:
    """Return the units of what is followed in a cell, as they are printed."""
    units = SIGNALS | {name: row.unit for name, row in body.table.starts(cell_type).items()}
    units |= {f"local_{name}": unit for name, unit in FIELD_UNITS.items()}
    return {name: printed_unit(unit) for name, unit in units.items()}


def _cut(body: Body) -> set[str]:
    return {name for name, arrow in read_arrows().items() if body.arrows[arrow.parameter] < 0.5}


# ---- drawing --------------------------------------------------------------------------------------------------


def _drawn(chain: Chain, here: dict[str, tuple[float, float]], cut: set[str], title: str) -> str:
    """Return a chain as SVG."""
    columns = max(node.column for node in chain.nodes) + 1.0
    top = min(node.row for node in chain.nodes)
    rows = max(node.row for node in chain.nodes) - top + 1
    width, height = columns * STEP[0], rows * STEP[1] - (STEP[1] - BOX[1]) + 16.0
    places = {node.words: _middle(node, top) for node in chain.nodes}
    links = "".join(_link(link, places, cut) for link in chain.links)
    boxes = "".join(_box(node, places[node.words], *here[node.source]) for node in chain.nodes)
    words = "; ".join(f"{node.words} {_times(*here[node.source])}" for node in chain.nodes)
    heads = _head("acts", ACTS) + _head("gone", CUT) + _stop("brakes", BRAKES)
    return (
        f'<svg class="chain" viewBox="0 0 {width:g} {height:g}" style="max-width:{width:g}px" role="img" '
        f'aria-label="{escape(title)}, against the median of its kind: {escape(words)}">'
        f"<defs>{heads}</defs>{links}{boxes}</svg>"
    )


def _middle(node: Node, top: int) -> tuple[float, float]:
    return (node.column + 0.5) * STEP[0], (node.row - top) * STEP[1] + BOX[1] / 2.0 + 8.0


def _head(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="{colour}"/></marker>'
    )


def _stop(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 4 12" refX="3" refY="6" markerWidth="4" markerHeight="9" '
        f'orient="auto"><rect x="1" width="3" height="12" fill="{colour}"/></marker>'
    )


def _link(link: Link, places: dict[str, tuple[float, float]], cut: set[str]) -> str:
    gone = link.arrow in cut
    colour = CUT if gone else BRAKES if link.brakes else ACTS
    head = "gone" if gone else "brakes" if link.brakes else "acts"
    (x0, y0), (x1, y1) = _ends(places[link.start], places[link.stop])
    dashes = ' stroke-dasharray="3 4"' if gone else ""
    word = "holds back" if link.brakes else "acts on"
    tip = f"{link.start} {word} {link.stop}" + (
        f" (arrow {link.arrow}{', cut' if gone else ''})" * bool(link.arrow)
    )
    return (
        f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}" stroke-width="1.8"{dashes} '
        f'marker-end="url(#{head})"><title>{escape(tip)}</title></line>'
    )


def _ends(
    start: tuple[float, float], stop: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return where a line leaves one box and meets another."""
    return _border(start, stop), _border(stop, start)


def _border(box: tuple[float, float], towards: tuple[float, float]) -> tuple[float, float]:
    across, down = towards[0] - box[0], towards[1] - box[1]
    half = (BOX[0] / 2.0 + 3.0, BOX[1] / 2.0 + 3.0)
    share = min(half[0] / max(abs(across), 1e-9), half[1] / max(abs(down), 1e-9))
    return box[0] + share * across, box[1] + share * down


def _box(node: Node, place: tuple[float, float], value: float, median: float) -> str:
    x, y = place[0] - BOX[0] / 2.0, place[1] - BOX[1] / 2.0
    fill = _shade(value, median)
    tip = f"{node.words}: {value:.3g} in this cell, median {median:.3g}"
    return (
        f'<g><rect x="{x:.1f}" y="{y:.1f}" width="{BOX[0]:g}" height="{BOX[1]:g}" rx="6" fill="{fill}" '
        f'stroke="#606060"/><text x="{place[0]:.1f}" y="{place[1] - 4.0:.1f}" class="what">{escape(node.words)}</text>'
        f'<text x="{place[0]:.1f}" y="{place[1] + 14.0:.1f}" class="much">{value:.3g}  ({_times(value, median)})</text>'
        f"<title>{escape(tip)}</title></g>"
    )


def _times(value: float, median: float) -> str:
    """Return how a value compares with the median of the other cells."""
    return f"×{value / median:.2f}" if abs(median) > 1e-12 and value / median < 1000.0 else "–"


def _shade(value: float, median: float) -> str:
    """Return the colour of a box: blue where a cell has less than the others, orange where it has more."""
    if value <= 0.0 or median <= 0.0:
        return MIDDLE
    share = float(np.clip(np.log(value / median) / np.log(FOLD), -1.0, 1.0))
    full = LOW if share < 0.0 else HIGH
    parts = [
        round(int(white, 16) + 0.75 * abs(share) * (int(colour, 16) - int(white, 16)))
        for white, colour in zip(_bytes(MIDDLE), _bytes(full), strict=True)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _bytes(colour: str) -> list[str]:
    return [colour[i : i + 2] for i in (1, 3, 5)]
