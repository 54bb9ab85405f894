"""What a fat cell secretes: adiponectin, TNF-alpha, IL-6 and MCP-1.

Scheme: a cell that outgrows its oxygen becomes hypoxic; hypoxia, NF-kB and CHOP raise TNF-alpha, IL-6 and MCP-1 and
lower adiponectin, each by its own share, and so does JNK; PPAR-gamma raises adiponectin and represses the others.

Sources: Am J Physiol 280:E745 (2001) for TNF-alpha of obese against lean fat; Diabetes 53:585 (2004) for
adiponectin; Diabetes 54:2305 (2005) for MCP-1 of human fat under pioglitazone; the shares are assumed.
Left out: leptin, resistin, PAI-1.
"""

from typing import NamedTuple

from ..mechanism import Names
from ._laws import hill, positive_part

PACE = "slow"
EXCHANGES = {
    "tnf_secretion": ("tnf", +1),
    "il6_secretion": ("il6", +1),
    "mcp1_secretion": ("mcp1", +1),
    "adiponectin_secretion": ("adiponectin", +1),
}


class State(NamedTuple):
    """Hypoxia in [0, 1] and expression of adiponectin relative to a lean cell [1]."""

    hypoxia: float
    adiponectin_expression: float


class Signals(NamedTuple):
    """Secretion per kg of reference tissue [pg/g/min], adiponectin [ug/g/min]."""

    tnf_secretion: float
    il6_secretion: float
    mcp1_secretion: float
    adiponectin_secretion: float


def signals(cell: Names, local: Names, p: Names) -> Signals:
    """Return secretion at this hypoxia and inflammation."""
    inflamed = p.nfkb_to_cytokines * p.secretion_nfkb_gain * positive_part(cell.nfkb - p.nfkb_reference)
    stressed = p.chop_to_cytokines * p.secretion_chop_gain * positive_part(cell.chop - 1.0)
    hypoxic = p.hypoxia_to_cytokines * p.secretion_hypoxia_gain * cell.hypoxia
    repressed = 1.0 + p.ppar_gamma_to_cytokines * p.secretion_ppar_brake * local.ppar_gamma
    drive = 1.0 + (inflamed + stressed + hypoxic) / repressed
    return Signals(
        tnf_secretion=p.tnf_secretion_basal * drive,
        il6_secretion=p.il6_secretion_basal * drive,
        mcp1_secretion=p.mcp1_secretion_basal * drive,
        adiponectin_secretion=p.adiponectin_secretion_basal * cell.adiponectin_expression,
    )


def rates(cell: Names, local: Names, p: Names) -> State:
    """Return dState/dt [1/min]."""
    hypoxic = p.size_to_hypoxia * hill(cell.diameter, p.hypoxia_diameter_half, p.hypoxia_hill)
    inflamed = p.jnk_to_adiponectin * p.adiponectin_jnk_brake * cell.jnk
    driven = 1.0 + p.ppar_gamma_to_adiponectin * p.adiponectin_ppar_gain * local.ppar_gamma
    return State(
        hypoxia=(hypoxic - cell.hypoxia) / p.hypoxia_tau,
        adiponectin_expression=(
            driven / (1.0 + p.adiponectin_hypoxia_brake * cell.hypoxia + inflamed)
            - cell.adiponectin_expression
        )
        / p.adiponectin_tau,
    )
