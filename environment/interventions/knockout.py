"""Cutting an arrow of the causal web for some time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ...agents.arrows import read_arrows
from .intervention import Intervention, choice

if TYPE_CHECKING:
    from ..body import Body


@dataclass(frozen=True)
class Knockout(Intervention):
    """Cut an arrow of the causal web; over a ramp, it is weakened step by step.

    Parameters
    ----------
    arrow : str
        Such as ``"dag->pkc"``.
    """

    name: ClassVar[str] = "knockout"
    arrow: str = choice(None, tuple(read_arrows()))

    def _read(self, argument: Any, given: Any) -> Any:
        """Take an arrow in any spacing and case."""
        plain = (
            given.replace(" ", "").lower() if argument.name == "arrow" and isinstance(given, str) else given
        )
        return super()._read(argument, plain)

    def apply(self, body: Body, dt: float, strength: float) -> None:
        """Ask for the cut; it lasts for this step."""
        cut = body.drugs.setdefault(f"knockout {self.arrow}", Cut(self.arrow))
        assert isinstance(cut, Cut)
        cut.asked = max(cut.asked, strength)


class Cut:
    """Keeps an arrow cut as long as a rule asks for it in every step, and mends it then.

    Attributes
    ----------
    asked : float
        Share of the arrow to cut in the next step [1].
    """

    def __init__(self, arrow: str) -> None:
        self.arrow = arrow
        self.parameter = read_arrows()[arrow].parameter
        self.asked = 0.0

    def act(self, body: Body, dt: float) -> None:
        """Set the switch for this step in all cells."""
        wanted = self._whole(body) * (1.0 - self.asked)
        self.asked = 0.0
        if body.arrows[self.parameter] != wanted:
            body.arrows = {**body.arrows, self.parameter: wanted}
            for tissue in body.compartments.values():
                for population in tissue.populations.values():
                    population.set_parameters(body.table, body.arrows)

    def _whole(self, body: Body) -> float:
        """Return the switch as the body was built [1]."""
        cut = [given.replace(" ", "").lower() for given in body.without]
        return float(self.arrow not in cut)
