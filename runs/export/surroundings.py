"""Units of what surrounds a cell, as the environment keeps them."""

from __future__ import annotations

from ...agents.mechanism import SHARED_NAMES, SITE_NAMES
from ...environment.blood import UNITS as POOL_UNITS

OTHER_UNITS = {"insulin": "nM", "age": "year", "endotoxin": "ng/mL", "stored_nearby": "mmol/kg"}
"""Where they differ from those of blood, or blood has none; insulin is in pM there."""

SURROUNDING_UNITS = {
    name: OTHER_UNITS.get(name, POOL_UNITS.get(name, "1")) for name in (*SITE_NAMES, *SHARED_NAMES)
}
"""Unit by name of a field or of what a whole tissue senses; 1 for shares and activations."""
