"""How a page lives: it builds a body, lets it play, and looks again when something was changed."""

# mypy: disable-error-code="attr-defined,no-untyped-call,untyped-decorator"
# (Solara's own types are incomplete.)

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import solara
import solara.lab

from ...environment.body import SimulationError
from .controls import Controls
from .pace import PACES
from .player import Player, Snapshot, build_body
from .treatments import rules_of

SHORTEST_FRAME = 0.04  # [s]
LOOK_EVERY = 0.3
"""Seconds between two looks at how far a body is built."""


class Building(NamedTuple):
    """A player that is there or is being built; ``error`` says why it could not be."""

    player: Player | None
    error: str


def use_player(controls: Controls) -> Building:
    """Return the player of the body that was chosen; while it is built, the controls say how far it is."""

    async def build() -> Player:
        controls.begin_anew()
        settings, share = controls.built.value[1], [-1.0]
        body = asyncio.ensure_future(
            asyncio.to_thread(build_body, settings, lambda done: share.__setitem__(0, done))
        )
        while not body.done():
            await asyncio.wait({body}, timeout=LOOK_EVERY)
            controls.settling.value = None if share[0] < 0.0 else share[0]
        return await asyncio.to_thread(Player, settings, body.result())

    building: Any = solara.lab.use_task(build, dependencies=[controls.built.value])
    return Building(
        building.value if building.finished else None, str(building.exception) if building.error else ""
    )


def use_life(player: Player | None, controls: Controls) -> Callable[[], None]:
    """Keep the bodies of a page going while it plays; return what lets one step pass."""
    done = (controls.switched.value, controls.cut.value, controls.intake.value, controls.activity.value)
    gaze = (controls.look.value, controls.layer.value, controls.again.value)

    def want() -> None:
        if player is not None:
            player.want(rules_of(*done), controls.meals.value)

    async def look_again() -> None:
        if player is not None:
            turn(player, controls)
            show(controls, await asyncio.to_thread(player.look))

    async def play() -> None:
        while player is not None and controls.playing.value:
            if not await live_on(player, controls):
                controls.playing.value = False
        controls.waiting.value = ""

    async def step() -> None:
        number = controls.snapshot.value.number if controls.snapshot.value else 0
        while player is not None and await live_on(player, controls):
            if controls.snapshot.value and controls.snapshot.value.number > number:
                break
        await look_again()
        controls.waiting.value = ""

    solara.use_effect(want, [player, *map(repr, done), controls.meals.value])
    solara.lab.use_task(play, dependencies=[player, controls.playing.value])
    solara.lab.use_task(look_again, dependencies=[player, gaze, controls.playing.value])
    return solara.lab.use_task(step, dependencies=None)


def turn(player: Player, controls: Controls) -> None:
    """Let a player look at what was chosen."""
    look = player.looks.get(controls.look.value, player.gaze.look)
    player.gaze = dataclasses.replace(player.gaze, look=look, layer=controls.layer.value)


async def live_on(player: Player, controls: Controls) -> bool:
    """Live for a moment; show a picture if one is due, and wait until it is seen. Tell whether to go on."""
    began = time.monotonic()
    turn(player, controls)
    try:
        now = await asyncio.to_thread(player.beat, PACES[controls.pace.value])
    except SimulationError as error:
        controls.trouble.value = str(error)
        return False
    if isinstance(now, str):
        controls.waiting.value = now
        return True
    controls.waiting.value = ""
    show(controls, now)
    seen = await asyncio.to_thread(player.wait_until_drawn, now.number)
    await asyncio.sleep(max(0.0, SHORTEST_FRAME - (time.monotonic() - began)))
    return seen and not now.over


def show(controls: Controls, snapshot: Snapshot) -> None:
    """Show a snapshot, unless a later one is shown already."""
    shown = controls.snapshot.value
    if shown is None or snapshot.number > shown.number:
        controls.snapshot.value = snapshot
