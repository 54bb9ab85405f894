"""Rules: whatever acts on a body from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .body import Body


class Rule(Protocol):
    """Something with one method that acts on a body at the start of each step.

    A rule may infuse (``body.infusions``), hold (``body.holds``), feed (``body.eat``), dose (``body.drugs``), act on a
    target that cells sense (``body.affect``), change how the body eats and moves (``body.conduct``), set
    ``body.contraction`` or silence the islets (``body.somatostatin``). It never writes into a cell. What it has to
    remember about a body goes into ``body.memory(rule)``, so that one rule can act on many bodies.
    """

    def act(self, body: Body, dt: float) -> None:
        """Act for the next ``dt`` minutes."""
        ...


class Drug(Protocol):
    """A drug in a body: it moves between gut, blood and tissues, and acts on its targets there.

    All its attributes that are numbers, or dictionaries of numbers, are its state; they are kept in checkpoints.
    """

    def act(self, body: Body, dt: float) -> None:
        """Move for ``dt`` minutes, and act on the body during them (``body.affect``)."""
        ...
