"""What treatments with drugs share: doses by the clock or every so many days, and catching up with days not lived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ..clock import DAY
from ..pharmacology import DEPOT, Substance
from .intervention import Intervention, check_number

if TYPE_CHECKING:
    from ..body import Body


class Dose(NamedTuple):
    """What is usual of a drug, and the most that is allowed [mg, or mg/day]."""

    usual: float
    most: float


MakeDrug = Callable[["Body"], Substance]


@dataclass(frozen=True)
class Treatment(Intervention):
    """Doses of a drug; a ramp raises them.

    A subclass has a field for the dose, whose name is ``dose_field``, and says ``doses`` by drug.
    """

    dose_field: ClassVar[str] = "dose_mg_per_day"
    doses: ClassVar[dict[str, Dose]]
    place: ClassVar[str] = DEPOT

    def __post_init__(self) -> None:
        super().__post_init__()
        dose, given = self.doses[self.substance], getattr(self, self.dose_field)
        given = dose.usual if given is None else given
        where = f"{self.name}: {self.dose_field} of {self.substance}"
        object.__setattr__(self, self.dose_field, check_number(where, given, 0.0, dose.most, self.unit))

    @property
    def unit(self) -> str:
        """Unit of the dose."""
        return "mg/day"

    @property
    def substance(self) -> str:
        """The drug that is given."""
        return str(getattr(self, "drug", self.name))

    @property
    def pool(self) -> str:
        """Name of what the drug is in the body, in ``body.drugs``."""
        return self.substance

    def make(self, body: Body) -> Substance:
        """Return the drug for a body that has none of it yet."""
        raise NotImplementedError(f"{type(self).__name__} needs make(body)")

    def due(self, elapsed: float, clock: float) -> tuple[int, float] | None:
        """Return count and amount [mg] of the dose that is due now, or None."""
        raise NotImplementedError(f"{type(self).__name__} needs due(elapsed, clock)")

    def act(self, body: Body, dt: float) -> None:
        """Dose if it is time, first for days that were not lived."""
        elapsed = self.elapsed(body)
        drug: Any = body.drugs.get(self.pool)
        if drug is None:
            if self.strength(elapsed) <= 0.0:
                return
            drug = body.drugs[self.pool] = self.make(body)
        behind = drug.behind
        if behind and (self.strength(elapsed) > 0.0 or self.strength(elapsed - behind) > 0.0):
            self._catch_up(body, drug, elapsed - behind)
        self._dose(body, drug, elapsed, body.clock)

    def _catch_up(self, body: Body, drug: Substance, since: float) -> None:
        """Give the doses of days that were not lived, and let the drug pass them."""
        minutes, drug.behind = drug.behind, 0.0
        waited, clock = 0, body.clock - minutes
        for minute in range(int(minutes)):
            if self.due(since + minute, (clock + minute) % DAY) is not None:
                drug.pass_time(float(waited))
                waited = 0
                self._dose(body, drug, since + minute, (clock + minute) % DAY)
            waited += 1
        drug.pass_time(waited + minutes % 1.0)

    def _dose(self, body: Body, drug: Substance, elapsed: float, clock: float) -> None:
        strength, due = self.strength(elapsed), self.due(elapsed, clock)
        if strength > 0.0 and due is not None and self.kept(body, due[0]):
            self.give(body, drug, strength * due[1])

    def give(self, body: Body, drug: Substance, mg: float) -> None:
        """Give a dose [mg]."""
        drug.take(mg, float(getattr(body.p, f"{self.substance}_bioavailability")), self.place)


@dataclass(frozen=True)
class DailyTreatment(Treatment):
    """Equal doses at fixed times of every day."""

    times: ClassVar[tuple[float, ...]] = (8.0 * 60.0, 20.0 * 60.0)

    def due(self, elapsed: float, clock: float) -> tuple[int, float] | None:
        """Return count and amount [mg] of the dose that is due now, or None."""
        if clock not in self.times:
            return None
        day = int((elapsed - self.start_minute) // DAY)
        count = day * len(self.times) + self.times.index(clock)
        return count, float(getattr(self, self.dose_field)) / len(self.times)
