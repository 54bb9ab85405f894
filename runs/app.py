"""The page: three tissues coloured by a state, plasma levels, and controls.

Start it with ``insulattice serve``, or ``solara run runs/app.py``. Each visitor has a model of their own, made in the
page. It lives in a worker thread; what is drawn comes from snapshots that never change, and the next snapshot waits
until the browser has drawn the last.

The address may name the first body, as in ``http://127.0.0.1:8765/?phenotype=obese&cells=1000``.
"""

# mypy: disable-error-code="attr-defined,no-untyped-call,untyped-decorator"
# (Solara's own types are incomplete.)

from __future__ import annotations

import asyncio
import dataclasses
import time
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pandas as pd
import reacton.ipyvuetify as vue
import solara
import solara.lab
from solara.server import settings as server_settings

if not __package__:  # run as a file
    __package__ = "insulattice.runs"

from ..analysis.figures import plasma_levels
from ..environment.body import SimulationError
from ..environment.phenotype import read_phenotypes
from .canvas import TissueCanvas, as_sent
from .look import palette
from .player import Player, Settings, Snapshot

server_settings.telemetry.mixpanel_enable = False
server_settings.theme.show_banner = False
warnings.filterwarnings(
    "ignore", "Cookies with samesite=none require https"
)  # said by Solara at every 127.0.0.1

CELLS = (400, 1000, 3000, 10_000, 30_000)
MINUTES = (1, 2, 5, 10, 30)
MOST_INSULIN = 300  # [mU/m2/min]
SHORTEST_FRAME = 0.04  # [s]
FIRST_LOOK = "Akt-S473"

INTRODUCTION = (
    "Insulattice is a body made of individual muscle, fat and liver cells, in which insulin resistance arises from "
    "what goes on inside each cell. Choose a body, press play, and infuse insulin to see how each tissue answers."
)

LOOKS = """
.insulattice { max-width: 1360px; margin: 0 auto; padding: 20px 28px; }
.insulattice h1 { font-weight: 500; font-size: 28px; margin: 0 0 4px; letter-spacing: 0.2px; }
.insulattice .introduction { max-width: 900px; color: #424242; font-size: 15px; line-height: 1.5; margin-bottom: 20px; }
.insulattice .two { display: flex; gap: 36px; align-items: flex-start; }
.insulattice .controls { flex: 0 0 270px; }
.insulattice .tissues { flex: 1 1 auto; min-width: 0; }
.insulattice .heading { font-weight: 600; font-size: 14px; margin: 14px 0 2px; }
.insulattice .hint { color: #616161; font-size: 12.5px; line-height: 1.4; }
.insulattice .levels { display: flex; gap: 32px; margin: 0 0 14px; font-size: 14px; color: #424242; }
.insulattice .levels b { font-size: 19px; font-weight: 500; color: #212121; font-variant-numeric: tabular-nums; }
.insulattice .v-text-field__details { display: none; }
.insulattice .v-input { margin-top: 14px; }
.insulattice .v-input__slider { margin-top: 2px; }
.insulattice .plasma { margin-top: 14px; }
@media (max-width: 900px) {
  .insulattice .two { flex-direction: column; align-items: stretch; }
  .insulattice .controls { flex-basis: auto; }
  .insulattice .levels { flex-wrap: wrap; gap: 12px 24px; }
}
.insulattice .plasma img { width: 100%; height: auto; }
"""


@dataclasses.dataclass
class Controls:
    """What the visitor chose and what is shown, shared by the parts of a page."""

    chosen: solara.Reactive[Settings]
    built: solara.Reactive[tuple[int, Settings]]
    look: solara.Reactive[str]
    insulin: solara.Reactive[int]
    minutes: solara.Reactive[int]
    playing: solara.Reactive[bool]
    snapshot: solara.Reactive[Snapshot | None]
    trouble: solara.Reactive[str]


def settings_of(query: str) -> Settings:
    """Return the settings that the address of the page asks for; what is unknown is left out."""
    asked = {name: values[0] for name, values in parse_qs(query.lstrip("?")).items()}
    settings = Settings()
    if asked.get("phenotype") in read_phenotypes():
        settings = dataclasses.replace(settings, phenotype=asked["phenotype"])
    if asked.get("cells", "").isdigit() and int(asked["cells"]) in CELLS:
        settings = dataclasses.replace(settings, cells=int(asked["cells"]))
    return settings


def use_controls() -> Controls:
    """Return the controls of this page."""
    first = settings_of(solara.use_router().search or "")
    return Controls(
        chosen=solara.use_reactive(first),
        built=solara.use_reactive((0, first)),
        look=solara.use_reactive(FIRST_LOOK),
        insulin=solara.use_reactive(0),
        minutes=solara.use_reactive(2),
        playing=solara.use_reactive(False),
        snapshot=solara.use_reactive(None),
        trouble=solara.use_reactive(""),
    )


@solara.component
def Page() -> None:
    """Show the whole page."""
    solara.Title("Insulattice")
    solara.Style(LOOKS)
    controls = use_controls()

    async def build() -> Player:
        controls.playing.value, controls.snapshot.value, controls.trouble.value = False, None, ""
        return await asyncio.to_thread(Player, controls.built.value[1])

    building: Any = solara.lab.use_task(build, dependencies=[controls.built.value])
    player = building.value if building.finished else None
    step = use_life(player, controls)
    with solara.Div(classes=["insulattice"]):
        solara.HTML("h1", "Insulattice")
        solara.HTML("div", INTRODUCTION, classes=["introduction"])
        with solara.Div(classes=["two"]):
            with solara.Div(classes=["controls"]):
                ControlPanel(controls, player, step)
            with solara.Div(classes=["tissues"]):
                if building.error:
                    solara.Error(f"This body could not be built: {building.exception}")
                elif player is None:
                    Waiting(controls.built.value[1])
                else:
                    Sight(player, controls.snapshot)


def use_life(player: Player | None, controls: Controls) -> Callable[[], None]:
    """Keep the model of a page going while it plays; return what lets one step pass."""
    look = None if player is None else player.looks[controls.look.value]

    async def look_again() -> None:
        if player is not None and look is not None:
            show(controls, await asyncio.to_thread(player.look, look))

    async def play() -> None:
        while player is not None and controls.playing.value:
            if not await live_once(player, controls):
                controls.playing.value = False

    async def step() -> None:
        if player is not None and await live_once(player, controls):
            await look_again()

    solara.lab.use_task(play, dependencies=[player, controls.playing.value])
    solara.lab.use_task(look_again, dependencies=[player, look, controls.playing.value])
    return solara.lab.use_task(step, dependencies=None)


async def live_once(player: Player, controls: Controls) -> bool:
    """Show the next snapshot and wait until it is seen; tell whether to go on."""
    began = time.monotonic()
    look, minutes, insulin = (
        player.looks[controls.look.value],
        controls.minutes.value,
        float(controls.insulin.value),
    )
    try:
        now = await asyncio.to_thread(player.live, minutes, insulin, look)
    except SimulationError as error:
        controls.trouble.value = str(error)
        return False
    show(controls, now)
    seen = await asyncio.to_thread(player.wait_until_drawn, now.number)
    await asyncio.sleep(max(0.0, SHORTEST_FRAME - (time.monotonic() - began)))
    return seen


def show(controls: Controls, snapshot: Snapshot) -> None:
    """Show a snapshot, unless a later one is shown already."""
    shown = controls.snapshot.value
    if shown is None or snapshot.number > shown.number:
        controls.snapshot.value = snapshot


@solara.component
def ControlPanel(controls: Controls, player: Player | None, step: Callable[[], None]) -> None:
    """Show the controls of time, sight, insulin and body."""
    playing, busy = controls.playing.value, player is None
    with solara.Row(gap="10px"):
        solara.Button(
            "Pause" if playing else "Play",
            icon_name="mdi-pause" if playing else "mdi-play",
            on_click=lambda: controls.playing.set(not playing),
            color="primary",
            disabled=busy,
        )
        solara.Button(
            "Step", icon_name="mdi-skip-next", on_click=step, outlined=True, disabled=busy or playing
        )
    solara.Select("Minutes per frame", value=controls.minutes, values=list(MINUTES))
    vue.Autocomplete(
        label="Colour by",
        items=list(player.looks) if player else [controls.look.value],
        v_model=controls.look.value,
        on_v_model=lambda look: controls.look.set(look or controls.look.value),
    )
    insulin = controls.insulin.value
    given = f"{insulin} mU/m²/min, glucose clamped at 5 mM" if insulin else "none"
    solara.HTML("div", "Insulin infusion", classes=["heading"])
    solara.SliderInt("", value=controls.insulin, min=0, max=MOST_INSULIN, step=10, thumb_label=False)
    solara.HTML("div", given, classes=["hint"])
    BodyPanel(controls, busy)
    if controls.trouble.value:
        solara.Error(f"The run stopped: {controls.trouble.value}")


@solara.component
def BodyPanel(controls: Controls, busy: bool) -> None:
    """Let the visitor choose another body; it takes the place of this one at Reset."""
    chosen, known = controls.chosen.value, read_phenotypes()

    def choose(name: str, value: str | int) -> None:
        controls.chosen.value = dataclasses.replace(controls.chosen.value, **{name: value})  # type: ignore[arg-type]

    solara.HTML("div", "Body", classes=["heading"])
    solara.Select(
        "Phenotype",
        value=chosen.phenotype,
        values=list(known),
        on_value=lambda name: choose("phenotype", name),
    )
    solara.HTML("div", known[chosen.phenotype].text, classes=["hint"])
    solara.Select(
        "Cells", value=chosen.cells, values=list(CELLS), on_value=lambda cells: choose("cells", cells)
    )
    solara.Button(
        "Reset",
        icon_name="mdi-restart",
        on_click=lambda: controls.built.set((controls.built.value[0] + 1, controls.chosen.value)),
        outlined=True,
        disabled=busy,
    )


@solara.component
def Waiting(settings: Settings) -> None:
    """Say what takes so long."""
    who = f"{settings.phenotype}, {settings.cells:,} cells"
    text = f"Settling a body ({who}). The first time this takes up to a minute."
    solara.HTML("div", text, classes=["hint"])
    vue.ProgressLinear(indeterminate=True, class_="my-3")


@solara.component
def Sight(player: Player, snapshot: solara.Reactive[Snapshot | None]) -> None:
    """Show plasma levels now, the tissues, and plasma levels over time."""
    now = snapshot.value
    if now is None:
        Waiting(player.settings)
        return
    Levels(now)
    picture = as_sent(now.number, now.tissues)
    canvas = TissueCanvas.element(picture=picture, palette=palette(), on_drawn=player.note_drawn)
    canvas.key(f"tissues-{id(player)}")
    with solara.Div(classes=["plasma"]):
        Plasma(now.series)


@solara.component
def Levels(now: Snapshot) -> None:
    """Show time and plasma levels in numbers."""
    shown = {
        "Time": f"{int(now.minute // 60)} h {int(now.minute % 60):02d} min",
        "Glucose": f"{now.levels['glucose']:.2f} mM",
        "Insulin": f"{now.levels['insulin']:.0f} pM",
        "Fatty acids": f"{now.levels['ffa']:.2f} mM",
        "Glucose infusion": f"{now.levels['gir']:.1f} µmol/kg/min",
    }
    cells = "".join(f"<span>{name}<br><b>{value}</b></span>" for name, value in shown.items())
    solara.HTML("div", unsafe_innerHTML=cells, classes=["levels"])


@solara.component
def Plasma(series: pd.DataFrame) -> None:
    """Show plasma levels over time."""
    moment = len(series)
    figure = solara.use_memo(lambda: plasma_levels(series), dependencies=[moment])
    solara.FigureMatplotlib(figure, dependencies=[moment])
