"""What a file says of its parts besides equations: notes in words, and references that programs can follow.

Which molecule a state or a surrounding stands for is a table, ``runs/data/identifiers.csv``; papers are those of the
parameter tables and of the mechanisms' docstrings.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import libsbml

from ...agents import mechanisms
from ...agents.cell_type import CellType

IDENTIFIERS_FILE = Path(__file__).parent.parent / "data" / "identifiers.csv"
ADDRESS = "https://identifiers.org/"
PAPER = re.compile(r"doi:(10\.[^\s,;)]*[^\s,;).])|(BIOMD\d+)")

QUALIFIERS = {
    "is": libsbml.BQB_IS,
    "isVersionOf": libsbml.BQB_IS_VERSION_OF,
    "hasPart": libsbml.BQB_HAS_PART,
    "isPartOf": libsbml.BQB_IS_PART_OF,
    "hasProperty": libsbml.BQB_HAS_PROPERTY,
    "hasTaxon": libsbml.BQB_HAS_TAXON,
    "occursIn": libsbml.BQB_OCCURS_IN,
    "isDescribedBy": libsbml.BQB_IS_DESCRIBED_BY,
}


class Reference(NamedTuple):
    """A part of the model, and what it stands for: ``qualifier`` of BioModels.net, and an address."""

    qualifier: str
    address: str


def describe(element: Any, *texts: str) -> None:
    """Give an element notes, a paragraph for each text."""
    words = [" ".join(text.split()) for text in texts if text.strip()]
    body = "".join(f"<p>{escape(text)}</p>" for text in words)
    element.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml">{body}</body>')


def annotate(element: Any, references: Iterable[Reference], of_model: bool = False) -> None:
    """Give an element references, those of one qualifier together; ``of_model`` for sources that are models."""
    by_qualifier: dict[str, list[str]] = {}
    for reference in references:
        by_qualifier.setdefault(reference.qualifier, []).append(reference.address)
    for qualifier, addresses in by_qualifier.items():
        if not element.isSetMetaId():
            element.setMetaId(f"meta_{element.getId()}")
        term = libsbml.CVTerm()
        if of_model and qualifier == "isDerivedFrom":
            term.setQualifierType(libsbml.MODEL_QUALIFIER)
            term.setModelQualifierType(libsbml.BQM_IS_DERIVED_FROM)
        else:
            term.setQualifierType(libsbml.BIOLOGICAL_QUALIFIER)
            term.setBiologicalQualifierType(QUALIFIERS[qualifier])
        for address in dict.fromkeys(addresses):
            term.addResource(address)
        element.addCVTerm(term)


def papers_in(text: str) -> list[Reference]:
    """Return the papers and models of BioModels that a text names."""
    found = []
    for doi, model in PAPER.findall(" ".join(text.split())):
        place = f"doi:{doi}" if doi else f"biomodels.db:{model}"
        found.append(Reference("isDescribedBy", ADDRESS + place))
    return found


def papers_of(cell_type: CellType) -> list[Reference]:
    """Return what the mechanisms of a cell type name as sources; models of BioModels are what it derives from."""
    texts = [import_module(f"{mechanisms.__name__}.{m.name}").__doc__ or "" for m in cell_type.mechanisms]
    found = [reference for text in texts for reference in papers_in(text)]
    return [
        Reference("isDerivedFrom", address) if "biomodels" in address else Reference(qualifier, address)
        for qualifier, address in found
    ]


@cache
def _table() -> dict[tuple[str, str], list[Reference]]:
    found: dict[tuple[str, str], list[Reference]] = {}
    with open(IDENTIFIERS_FILE, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            reference = Reference(row["qualifier"], ADDRESS + row["identifier"])
            found.setdefault((row["kind"], row["name"]), []).append(reference)
    return found


def identifiers(kind: str, name: str) -> list[Reference]:
    """Return what a ``cell type``, a ``quantity`` of a cell or one of the ``surroundings`` stands for, if known."""
    return _table().get((kind, name), [])
