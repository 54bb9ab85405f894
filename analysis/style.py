"""How figures look: sizes for print, colours that a colour-blind reader tells apart, units as they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

PRINT_WIDTH = 180.0 / 25.4
"""Width of a figure over two columns [inch]."""

PRINT_HEIGHT = 235.0
"""What a page holds [mm]."""

COLOUR_MAP = "viridis"
"""Perceptually uniform, and readable for the colour-blind and in grey."""

NO_VALUE = "#d9d9d9"
"""Where a quantity does not exist."""

COLOURS = ("#0173b2", "#de8f05", "#029e73", "#cc78bc", "#a65628")
"""Okabe and Ito's idea in the tones of seaborn's `colorblind`."""

OF_PHENOTYPE = dict(zip(("lean", "obese", "prediabetic", "lean_t2d", "obese_t2d"), COLOURS, strict=True))

DASHES = ("-", (0, (5, 1.5)), (0, (2, 1)), (0, (6, 1.5, 1, 1.5)), (0, (1, 1)))
"""Line styles in the order of groups, so that a copy in grey can be read."""

SETTINGS = {
    "font.family": "sans-serif",
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.0,
    "axes.linewidth": 0.7,
    "axes.edgecolor": "#404040",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "lines.linewidth": 1.5,
    "lines.markersize": 4.0,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "figure.dpi": 100.0,
    "savefig.dpi": 300.0,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "axes.formatter.useoffset": False,
}


@contextmanager
def paper() -> Iterator[None]:
    """Make what is drawn inside look as printed here, and leave matplotlib's settings as they were."""
    with mpl.rc_context(SETTINGS):  # type: ignore[arg-type]
        yield


def new_figure(
    height_mm: float, width: float = PRINT_WIDTH, layout: Literal["constrained"] | None = "constrained"
) -> Figure:
    """Return an empty figure that pyplot does not know of; width [inch]."""
    return Figure(figsize=(width, height_mm / 25.4), layout=layout, facecolor="white")


def colours(labels: Iterable[str]) -> dict[str, str]:
    """Return a colour for each label; the phenotypes always have their own."""
    names = list(labels)
    free = [colour for colour in COLOURS if colour not in {OF_PHENOTYPE.get(name) for name in names}]
    found = {}
    for name in names:
        found[name] = OF_PHENOTYPE[name] if name in OF_PHENOTYPE else (free.pop(0) if free else "#404040")
    return found


_SPELLED = (("umol", "µmol"), ("um", "µm"), ("ug", "µg"), ("uM", "µM"), ("m2", "m²"), ("m3", "m³"))


def printed_unit(unit: str) -> str:
    """Return a unit as it is printed: ``umol/kg/min`` becomes ``µmol/kg/min``, ``1`` nothing."""
    if unit in {"1", ""}:
        return ""
    for plain, spelled in _SPELLED:
        unit = re.sub(rf"(?<![A-Za-z]){plain}(?![A-Za-z0-9])", spelled, unit)
    return unit


WORDS = {
    "egp": "endogenous glucose production",
    "rd": "glucose disposal",
    "gir": "glucose infusion",
    "ffa": "fatty acid",
    "akt": "Akt",
    "akt_s473": "Akt-S473",
    "akt_t308": "Akt-T308",
    "akt_double": "Akt at both sites",
    "dag": "DAG",
    "glut4": "GLUT4",
    "glut4_surface": "GLUT4 at the surface",
    "glut4_total": "GLUT4, total",
    "irs1": "IRS-1",
    "irs1_tyr": "IRS-1-Tyr",
    "irs1_s307": "IRS-1-S307",
    "irs1_s312": "IRS-1-S312",
    "irs1_active": "IRS-1, active",
    "akt_s473_pool": "Akt-S473 pool",
    "mito_capacity": "mitochondrial capacity",
    "mito_new": "mitochondria, new",
    "mito_old": "mitochondria, old",
    "ffa_uptake": "fatty-acid uptake",
    "ffa_output": "fatty-acid output",
    "fat_oxidation": "fatty-acid oxidation",
    "unfolded": "unfolded protein",
    "acyl": "acyl-CoA",
    "jnk": "JNK",
    "ikk": "IKK",
    "pkc": "PKC",
    "ros": "ROS",
    "atp": "ATP",
    "ampk": "AMPK",
    "mtorc1": "mTORC1",
    "tnf": "TNF-α",
    "il6": "IL-6",
    "mcp1": "MCP-1",
    "pi3k": "PI3K",
    "as160": "AS160",
    "er_stress": "ER stress",
    "er": "ER",
    "s6k": "S6K",
    "socs3": "SOCS3",
    "pde3b": "PDE3B",
    "hsl": "HSL",
    "camp": "cAMP",
    "g6p": "G6P",
    "foxo1": "FoxO1",
    "pepck": "PEPCK",
    "pepck_mrna": "PEPCK mRNA",
    "nfkb": "NF-κB",
    "ikba": "IκBα",
    "ire1": "IRE1",
    "perk": "PERK",
    "atf4": "ATF4",
    "atf6": "ATF6",
    "chop": "CHOP",
    "bip": "BiP",
    "xbp1s": "XBP1s",
    "eif2a": "eIF2α",
    "mtorc2": "mTORC2",
}


def printed_name(name: str) -> str:
    """Return the name of a state or quantity as it is printed, first letter large."""
    if name.startswith("local_"):
        return f"{printed_name(name.removeprefix('local_'))} around the cell"
    text = WORDS.get(name, name.replace("_", " "))
    return text if any(letter.isupper() for letter in text[1:3]) else text[:1].upper() + text[1:]


def labelled(name: str, unit: str) -> str:
    """Return name and unit, as an axis shows them."""
    shown = printed_unit(unit)
    return f"{printed_name(name)} [{shown}]" if shown else printed_name(name)


def ticks(most: int) -> MaxNLocator:
    """Return a choice of at most so many round ticks."""
    return MaxNLocator(most, steps=[1, 2, 2.5, 5, 10])


def minute_ticks(minutes: float) -> MultipleLocator:
    """Return ticks that divide hours, for an axis of so many minutes."""
    return MultipleLocator(
        next((step for step in (5, 10, 15, 30, 60, 120, 180, 360) if minutes / step <= 6), 1440)
    )


def trim(axes: Axes) -> None:
    """Take away the frame, ticks and labels of a picture."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
