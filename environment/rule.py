"""Rules: whatever acts on a body from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .body import Body


class Rule(Protocol):
    """Something with one method that acts on a body at the start of each step.

    A rule may infuse (``body.infusions``), hold (``body.holds``), feed (``body.gut.meal``), set ``body.contraction``
    or silence the islets (``body.somatostatin``). It never writes into a cell.
    """

    def act(self, body: Body, dt: float) -> None:
        """Act for the next ``dt`` minutes."""
        ...
