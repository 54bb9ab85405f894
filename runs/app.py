"""The page: three tissues coloured by a state, what happens in the blood, and all that can be done to a body.

Start it with ``insulattice serve``, or ``solara run runs/app.py``. Each visitor has a model of their own, made in the
page. It lives in a worker thread; what is drawn comes from snapshots that never change, and the next snapshot waits
until the browser has drawn the last.

The address may name the first body, as in ``http://127.0.0.1:8765/?phenotype=obese&cells=1000``.
"""

# mypy: disable-error-code="attr-defined,no-untyped-call,untyped-decorator"
# (Solara's own types are incomplete.)

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import reacton.ipyvuetify as vue
import solara
from solara.server import settings as server_settings

if not __package__:  # run as a file
    __package__ = "insulattice.runs"

from .page.controls import (
    BodyPanel,
    ComparePanel,
    Controls,
    DownloadPanel,
    Folder,
    TestPanel,
    TimeBar,
    settings_of,
    use_controls,
)
from .page.life import use_life, use_player
from .page.player import Player
from .page.treatment_panel import ArrowPanel, SwitchRow
from .page.treatments import switches
from .page.views import Sight, Waiting

server_settings.telemetry.mixpanel_enable = False
server_settings.theme.show_banner = False
warnings.filterwarnings(
    "ignore", "Cookies with samesite=none require https"
)  # said by Solara at every 127.0.0.1

LOOKS = Path(__file__).with_name("page") / "page.css"
OPEN_AT_FIRST = [0, 1]
"""Folders of the controls that are open when the page comes."""

INTRODUCTION = (
    "Insulattice is a body made of individual muscle, fat and liver cells, in which insulin resistance arises from "
    "what goes on inside each cell. Choose a body, press play, and test it with a clamp or treat it to see how each "
    "cell answers."
)
SOURCES = (
    "The insulin signal follows Brännmark et al. 2013 (doi:10.1074/jbc.M112.432062), GLUT4 Sedaghat et al. 2002 "
    "(doi:10.1152/ajpendo.00571.2001), the liver König et al. 2012 (doi:10.1371/journal.pcbi.1002577), lipolysis "
    "Lövfors et al. 2021 (doi:10.1371/journal.pone.0261681), the clamp DeFronzo et al. 1979 "
    "(doi:10.1152/ajpendo.1979.237.3.E214). Many numbers are guesses, and say so: insulattice parameters lists each "
    "with its source, docs/validation.md says what the model gets right and wrong. It is a model, not medical advice."
)


@solara.component
def Page() -> None:
    """Show the whole page."""
    solara.Title("Insulattice")
    solara.Style(LOOKS)
    controls = use_controls()
    building = use_player(controls)
    player = building.player
    step = use_life(player, controls)
    with solara.Div(classes=["insulattice"]):
        solara.HTML("h1", "Insulattice")
        solara.HTML("div", INTRODUCTION, classes=["introduction"])
        _, refused = settings_of(solara.use_router().search or "")
        if refused:
            solara.Warning(refused)
        with solara.Div(classes=["two"]):
            with solara.Div(classes=["controls"], attributes={"role": "region", "aria-label": "Controls"}):
                ControlPanel(controls, player, step)
            with solara.Div(classes=["tissues"], attributes={"role": "main"}):
                if building.error:
                    solara.Error(f"This body could not be built: {building.error}")
                elif player is None:
                    Waiting(controls.built.value[1], controls.settling.value)
                else:
                    Sight(player, controls)


@solara.component
def ControlPanel(controls: Controls, player: Player | None, step: Callable[[], None]) -> None:
    """Show all controls."""
    TimeBar(controls, player, step)
    if controls.trouble.value:
        solara.Error(f"The run stopped: {controls.trouble.value}. Press Reset to begin anew.")
    if controls.complaint.value:
        solara.Warning(controls.complaint.value)
    unfolded, set_unfolded = solara.use_state(OPEN_AT_FIRST)
    with vue.ExpansionPanels(accordion=True, multiple=True, v_model=unfolded, on_v_model=set_unfolded):
        with Folder("Body", "Whose body it is, and how it lives."):
            BodyPanel(controls)
        with Folder("Tests", "Ask the body a question."):
            TestPanel(controls, player)
        for panel, rules in switches().items():
            on = sum(switch.name in controls.switched.value for switch in rules)
            with Folder(f"{panel} ({on} on)" if on else panel, "What can be done to the body from now on."):
                for switch in rules:
                    SwitchRow(controls, switch)
        with Folder(
            f"Cut arrows ({len(controls.cut.value)})" if controls.cut.value else "Cut arrows",
            "The causal web.",
        ):
            ArrowPanel(controls)
        with Folder("Compare", "Treated beside untreated, from one moment."):
            ComparePanel(controls, player)
        with Folder("Download", "Take the run home."):
            DownloadPanel(player)
        with Folder("Sources", "Where this comes from."):
            solara.HTML("div", SOURCES, classes=["hint"])
