"""What the visitor chose, and the controls of time, body, tests and comparison."""

# mypy: disable-error-code="attr-defined,no-untyped-call,untyped-decorator"
# (Solara's own types are incomplete.)

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import reacton.ipyvuetify as vue
import solara

from ...environment.phenotype import read_phenotypes
from .downloads import as_csv, as_parquet, cells_now, file_name, results_table, run_table
from .pace import PACES
from .player import Player, Settings, Snapshot
from .testing import TESTS

CELLS = (400, 1000, 3000, 10_000, 30_000)
FIRST_LOOK = "Akt-S473"
FIRST_PACE = "2 min"
COURSES, SPREAD, CELL, RESULTS = range(4)
"""Tabs below the maps."""


@dataclass
class Controls:
    """What the visitor chose and what is shown, shared by the parts of a page.

    Attributes
    ----------
    chosen, built : Settings
        What the next body is to be, and (with a count of resets) what this one is.
    look, layer, pace : str
        What colours the cells; the field drawn over them, or nothing; time from one picture to the next.
    intake, activity, meals, switched, cut : object
        What is done to the body, see :func:`.treatments.rules_of`.
    doses : dict of str to float
        Of the tests.
    playing : bool
    snapshot : Snapshot or None
    waiting : str
        How far it is to the next picture, in words.
    settling : float or None
        Share of the settling that is done; None where that is not known.
    trouble, complaint : str
        Why the run stopped, and what was given that is not allowed.
    again : int
        Raised when something changed that has to be looked at, though no time passes.
    tab : int
    """

    chosen: solara.Reactive[Settings]
    built: solara.Reactive[tuple[int, Settings]]
    look: solara.Reactive[str]
    layer: solara.Reactive[str]
    pace: solara.Reactive[str]
    intake: solara.Reactive[int]
    activity: solara.Reactive[int]
    meals: solara.Reactive[bool]
    switched: solara.Reactive[dict[str, dict[str, Any]]]
    cut: solara.Reactive[list[str]]
    doses: solara.Reactive[dict[str, float]]
    playing: solara.Reactive[bool]
    snapshot: solara.Reactive[Snapshot | None]
    waiting: solara.Reactive[str]
    settling: solara.Reactive[float | None]
    trouble: solara.Reactive[str]
    complaint: solara.Reactive[str]
    again: solara.Reactive[int]
    tab: solara.Reactive[int]

    def look_again(self) -> None:
        """Ask for a new picture of the same moment."""
        self.again.value += 1

    def begin_anew(self) -> None:
        """Put everything that belongs to a body back to where it is at the start."""
        self.playing.value, self.snapshot.value = False, None
        self.trouble.value = self.complaint.value = self.waiting.value = ""
        self.switched.value, self.cut.value, self.settling.value = {}, [], None
        self.intake.value, self.activity.value, self.meals.value = 100, 100, True


def use_controls() -> Controls:
    """Return the controls of this page."""
    first, _ = settings_of(solara.use_router().search or "")
    usual = {name: test.usual for name, test in TESTS.items()}
    start: dict[str, Any] = {
        "chosen": first, "built": (0, first), "look": FIRST_LOOK, "layer": "", "pace": FIRST_PACE, "intake": 100,
        "activity": 100, "meals": True, "switched": {}, "cut": [], "doses": usual, "playing": False, "snapshot": None,
        "waiting": "", "settling": None, "trouble": "", "complaint": "", "again": 0, "tab": COURSES,
    }  # fmt: skip
    return Controls(
        **{field.name: solara.use_reactive(start[field.name]) for field in dataclasses.fields(Controls)}
    )


def settings_of(query: str) -> tuple[Settings, str]:
    """Return the settings that the address of the page asks for, and in a line what it gives that is not allowed."""
    asked = {name: values[0] for name, values in parse_qs(query.lstrip("?")).items()}
    choices = {"phenotype": list(read_phenotypes()), "cells": [str(number) for number in CELLS]}
    taken: dict[str, Any] = {}
    refused = []
    for name in (name for name in ("phenotype", "cells", "seed") if name in asked):
        given = asked[name]
        if name == "seed":
            fine, allowed = given.isdecimal() and len(given) < 10, "a whole number of at most nine digits"
        else:
            fine, allowed = given in choices[name], ", ".join(choices[name])
        if fine:
            taken[name] = given if name == "phenotype" else int(given)
        else:
            refused.append(f"{name} is {given!r}, allowed: {allowed}")
    complaint = f"The address of this page: {'; '.join(refused)}." if refused else ""
    return dataclasses.replace(Settings(), **taken), complaint


@solara.component
def Folder(title: str, plain: str = "", children: list[Any] = []) -> None:  # noqa: B006
    """Show a part of the controls that can be folded away."""
    with vue.ExpansionPanel():
        vue.ExpansionPanelHeader(children=[title], attributes={"title": plain})
        vue.ExpansionPanelContent(children=[solara.Div(children=children)])


@solara.component
def TimeBar(controls: Controls, player: Player | None, step: Callable[[], None]) -> None:
    """Show the controls of time."""
    playing, busy = controls.playing.value, player is None
    again = "There is another body to build." if controls.chosen.value != controls.built.value[1] else ""

    def toggle() -> None:
        snapshot = controls.snapshot.value
        if player is not None and snapshot is not None and snapshot.over and not playing:
            player.leave_test()
        controls.playing.value = not playing

    with solara.Div(classes=["time"]):
        solara.Button(
            "Pause" if playing else "Play", icon_name="mdi-pause" if playing else "mdi-play", on_click=toggle,
            color="primary", disabled=busy, attributes={"title": "Let time pass, or hold it."},
        )  # fmt: skip
        solara.Button(
            "Step", icon_name="mdi-skip-next", on_click=step, outlined=True, disabled=busy or playing,
            attributes={"title": "Go on by one picture."},
        )  # fmt: skip
        solara.Button(
            "Reset", icon_name="mdi-restart", on_click=lambda: reset(controls), disabled=busy and not again,
            color="warning" if again else None, outlined=not again,
            attributes={"title": f"Begin anew with the body chosen under Body. {again}"},
        )  # fmt: skip
        solara.Select("Time per picture", value=controls.pace, values=list(PACES), classes=["pace"])


def reset(controls: Controls) -> None:
    """Build the body that was chosen."""
    controls.built.value = (controls.built.value[0] + 1, controls.chosen.value)


@solara.component
def BodyPanel(controls: Controls) -> None:
    """Let the visitor choose another body; it takes the place of this one at Reset."""
    chosen, known = controls.chosen.value, read_phenotypes()

    def choose(name: str, value: str | int) -> None:
        controls.chosen.value = dataclasses.replace(controls.chosen.value, **{name: value})  # type: ignore[arg-type]

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
    if chosen != controls.built.value[1]:
        solara.Button("Build this body", on_click=lambda: reset(controls), color="warning", block=True)
    Slide("Food", controls.intake, 20, 200, "of what keeps the body's weight")
    Slide("Activity", controls.activity, 10, 250, "of this body's habit")
    solara.Switch(label="Meals at 7:00, 13:00 and 19:00", value=controls.meals)


@solara.component
def Slide(name: str, value: solara.Reactive[int], low: int, high: int, words: str) -> None:
    """Show a slider in per cent of the usual."""
    solara.HTML("div", f"{name}: {value.value} % {words}", classes=["slide"])
    vue.Slider(
        v_model=value.value, on_v_model=value.set, min=low, max=high, step=10, dense=True, hide_details=True,
        attributes={"aria-label": f"{name} in per cent"},
    )  # fmt: skip


@solara.component
def TestPanel(controls: Controls, player: Player | None) -> None:
    """Show the tests, each with its dose."""

    def begin(name: str) -> None:
        if player is None:
            return
        try:
            player.begin_test(name, controls.doses.value[name])
        except ValueError as error:
            controls.complaint.value = str(error)
            return
        controls.complaint.value, controls.tab.value = "", COURSES
        controls.playing.value = True
        controls.look_again()

    solara.HTML(
        "div", "On a copy of the body, which itself waits. It fasts: begin in the morning.", classes=["hint"]
    )
    for name, test in TESTS.items():
        with solara.Div(classes=["dosed"]):
            solara.Button(
                test.title, on_click=lambda name=name: begin(name), outlined=True, disabled=player is None,
                attributes={"title": test.plain}, classes=["wide"],
            )  # fmt: skip
            solara.InputFloat(
                f"{test.words} [{test.unit}]", value=controls.doses.value[name], dense=True,
                on_value=lambda dose, name=name: controls.doses.set(controls.doses.value | {name: float(dose)}),
            )  # fmt: skip


@solara.component
def ComparePanel(controls: Controls, player: Player | None) -> None:
    """Let the visitor branch a body, and join the branches again."""
    snapshot = controls.snapshot.value
    compared = snapshot is not None and len(snapshot.pictures) > 1

    def do(what: Callable[[Player], None]) -> None:
        if player is not None:
            what(player)
            controls.look_again()

    solara.HTML(
        "div",
        "From the moment you branch, one body goes on as it was, beside one on which the switches act. Both meet the "
        "same chances, so that they differ by the treatment alone.",
        classes=["hint"],
    )
    testing = snapshot is not None and bool(snapshot.test)
    if compared:
        solara.Button(
            "Keep the treated body alone",
            on_click=lambda: do(Player.unite),
            outlined=True,
            block=True,
            disabled=testing,
        )
    else:
        solara.Button(
            "Branch here",
            icon_name="mdi-source-branch",
            on_click=lambda: do(Player.branch),
            outlined=True,
            block=True,
            disabled=testing or player is None,
        )
    solara.Button(
        "Take now as ‘before’", on_click=lambda: do(Player.keep_as_before), text=True, block=True,
        disabled=player is None, attributes={"title": "Distributions are compared with this moment from now on."},
    )  # fmt: skip


@solara.component
def DownloadPanel(player: Player | None) -> None:
    """Offer the run, the cells and the tests as files."""
    if player is None:
        return
    files: dict[str, tuple[str, str, Callable[[], bytes]]] = {
        "Run (CSV)": ("run", ".csv", lambda: as_csv(run_table(player))),
        "Run (Parquet)": ("run", ".parquet", lambda: as_parquet(run_table(player), player)),
        "Cells now (CSV)": ("cells", ".csv", lambda: as_csv(cells_now(player))),
        "Cells now (Parquet)": ("cells", ".parquet", lambda: as_parquet(cells_now(player), player)),
        "Tests (CSV)": ("tests", ".csv", lambda: as_csv(results_table(player))),
    }
    solara.HTML("div", "The picture of the tissues is saved from below the maps.", classes=["hint"])
    with solara.Div(classes=["files"]):
        for label, (what, ending, data) in files.items():
            solara.FileDownload(data, filename=file_name(player, what, ending), label=label)
