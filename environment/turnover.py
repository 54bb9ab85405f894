"""Cells that come and go: macrophages of fat tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .body import Body


def turn_over(body: Body) -> None:
    """Let the number of macrophages in fat follow the mean MCP-1 there."""
    fat, p = body.fat, body.p
    power = (fat.mean("mcp1") / p.macrophage_mcp1_half) ** p.macrophage_hill
    share = p.macrophage_share_max * power / (1.0 + power)
    resident = max(1, round(fat.main.count * share / (1.0 - share)))
    fat.populations["macrophage"].set_count(resident)
