"""The mass audit: stored pools against independently accumulated sources and sinks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Account:
    """Books of one kind of matter.

    ``opening`` is what was stored when the books were opened; ``sources`` and ``sinks`` are running sums by name.
    """

    unit: str
    opening: float = 0.0
    sources: dict[str, float] = field(default_factory=dict)
    sinks: dict[str, float] = field(default_factory=dict)

    def source(self, name: str, amount: float) -> None:
        """Book matter that came in."""
        self.sources[name] = self.sources.get(name, 0.0) + amount

    def sink(self, name: str, amount: float) -> None:
        """Book matter that went out."""
        self.sinks[name] = self.sinks.get(name, 0.0) + amount

    def gap(self, stored: float) -> float:
        """Return what is missing or too much, relative to all that was stored or moved [1]."""
        moved_in, moved_out = sum(self.sources.values()), sum(self.sinks.values())
        size = abs(self.opening) + sum(map(abs, self.sources.values())) + sum(map(abs, self.sinks.values()))
        return (stored - self.opening - moved_in + moved_out) / max(size, 1e-300)
