"""The contract of a piece of cell biology.

A mechanism is one module with the states it owns and two plain functions of ``(cell, local, p)``:

``signals``
    algebraic quantities it offers to itself and to later mechanisms of the same cell type (optional);
``rates``
    the time derivatives of its states [per minute], under the same names.

Both are straight-line arithmetic, so the same source runs on numbers, NumPy arrays and quantities with
units, and is read by :mod:`insulattice.agents.compose` to build the compiled step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any, Literal, NamedTuple

Names = Any
"""A namespace whose attributes are numbers, arrays or quantities: ``cell``, ``local`` or ``p``."""

Pace = Literal["fast", "medium", "slow"]
PACES: tuple[Pace, ...] = ("fast", "medium", "slow")
"""Sub-steps within a minute; one step a minute; one step a minute, carried ahead in accelerated living."""

SITE_NAMES = ("insulin", "glucose", "ffa", "tnf", "il6", "adiponectin", "mcp1")
"""Surroundings that differ from site to site: the fields of a tissue."""

TARGET_NAMES = (
    "ikk_inhibition",
    "jnk_inhibition",
    "pkc_inhibition",
    "complex_i_inhibition",
    "ampk_activation",
    "ppar_gamma",
    "antioxidant",
    "chaperone",
    "antilipolysis",
    "uncoupling",
    "il6r_blockade",
    "endotoxin",
)
"""What drugs and challenges do to their targets, 0 without: a share in [0, 1], an activation [1], endotoxin [ng/mL]."""

SHARED_NAMES = (
    "glucagon",
    "catecholamine",
    "lactate",
    "glycerol",
    "triglyceride",
    "contraction",
    "activity",
    "age",
    "energy_deficit",
    "stored_nearby",
    *TARGET_NAMES,
)
"""Surroundings that are the same for all cells of a tissue."""


class Empty(NamedTuple):
    """No states, no traits or no signals."""


@dataclass(frozen=True)
class Mechanism:
    """One piece of cell biology, as read from its module.

    Attributes
    ----------
    name : str
        Stem of the module, also the ``where`` of its parameters.
    pace : {"fast", "medium", "slow"}
        Short sub-steps, one step a minute, or one step a minute, carried ahead in accelerated living.
    states, traits, signal_names : tuple of str
        What it owns, in order.
    conserved : frozenset of str
        Material states, advanced in flux form so that mass closes to rounding.
    exchanges : mapping
        Signal -> (field, sign): what leaves the cell (+1) or is taken from its site (-1).
    sinks : tuple of str
        Signals whose time integral the mass audit needs.
    """

    name: str
    pace: Pace
    states: tuple[str, ...]
    traits: tuple[str, ...]
    signal_names: tuple[str, ...]
    rates: Callable[[Names, Names, Names], Any]
    signals: Callable[[Names, Names, Names], Any] | None = None
    conserved: frozenset[str] = frozenset()
    exchanges: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    sinks: tuple[str, ...] = ()

    @classmethod
    def of(cls, module: ModuleType | type) -> Mechanism:
        """Read a mechanism from a module, or from a class with the same names in it.

        Raises
        ------
        TypeError
            If ``State`` or ``rates`` is missing, or an exchange names no signal.
        """
        name = module.__name__.rpartition(".")[2]
        for needed in ("State", "rates"):
            if not hasattr(module, needed):
                raise TypeError(
                    f"mechanism {name!r} has no {needed!r}; it needs State and rates(cell, local, p)"
                )
        signal_names = tuple(getattr(module, "Signals", Empty)._fields)
        exchanges = dict(getattr(module, "EXCHANGES", {}))
        sinks = tuple(getattr(module, "SINKS", ()))
        for signal in (*exchanges, *sinks):
            if signal not in signal_names:
                raise TypeError(f"mechanism {name!r} exchanges {signal!r}, which is not among its Signals")
        return cls(
            name=name,
            pace=getattr(module, "PACE", "fast"),
            states=tuple(module.State._fields),  # type: ignore[union-attr]
            traits=tuple(getattr(module, "Traits", Empty)._fields),
            signal_names=signal_names,
            rates=module.rates,  # type: ignore[union-attr]
            signals=getattr(module, "signals", None),
            conserved=frozenset(getattr(module, "CONSERVED", ())),
            exchanges=exchanges,
            sinks=sinks,
        )


def evaluate(
    mechanisms: tuple[Mechanism, ...], cell: Mapping[str, Any], local: Mapping[str, Any], p: Names
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run the mechanisms' own Python functions on numbers, arrays or quantities.

    Parameters
    ----------
    mechanisms : tuple of Mechanism
        In the order of the cell type.
    cell, local : mapping
        States and traits, and surroundings, by name.
    p : namespace
        Parameters.

    Returns
    -------
    rates, signals : dict
        Time derivative of each state [per minute] and every signal, by name.

    Raises
    ------
    TypeError
        If a mechanism returns other names than those of its ``State``, or a wrong shape.
    """
    signals = evaluate_signals(mechanisms, cell, local, p)
    names, where = SimpleNamespace(**cell, **signals), SimpleNamespace(**local)
    rates: dict[str, Any] = {}
    for mechanism in mechanisms:
        found = mechanism.rates(names, where, p)
        _check_shape(mechanism, found, cell)
        rates.update(found._asdict())
    return rates, signals


def evaluate_signals(
    mechanisms: tuple[Mechanism, ...], cell: Mapping[str, Any], local: Mapping[str, Any], p: Names
) -> dict[str, Any]:
    """Run the mechanisms' own functions for signals alone, and return every signal by name; see :func:`evaluate`."""
    names = SimpleNamespace(**cell)
    where = SimpleNamespace(**local)
    signals: dict[str, Any] = {}
    for mechanism in mechanisms:
        if mechanism.signals is not None:
            offered = mechanism.signals(names, where, p)._asdict()
            signals.update(offered)
            vars(names).update(offered)
    return signals


def _check_shape(mechanism: Mechanism, found: Any, cell: Mapping[str, Any]) -> None:
    """Raise a TypeError unless ``found`` has the fields and the shape of the mechanism's states."""
    given = getattr(found, "_fields", None)
    if given != mechanism.states:
        raise TypeError(
            f"mechanism {mechanism.name!r}: rates must return State{mechanism.states}, "
            f"given {given if given is not None else type(found).__name__}"
        )
    for state in mechanism.states:
        want = getattr(cell[state], "shape", ())
        have = getattr(getattr(found, state), "shape", ())
        if have not in (want, ()):
            raise TypeError(
                f"mechanism {mechanism.name!r}: rate of {state!r} has shape {have}, its state {want}"
            )
