"""What is shown: levels, maps, time courses, distributions, one cell, and the results of tests."""

# mypy: disable-error-code="attr-defined,no-untyped-call,untyped-decorator"
# (Solara's own types are incomplete.)

from __future__ import annotations

from html import escape
from typing import Any

import reacton.ipyvuetify as vue
import solara
import solara.lab

from ...analysis.measures import GLUCOSE_MG_PER_UMOL
from ...analysis.style import printed_name
from ...environment.observe import Quantity
from .chain import CellCard
from .chart_widget import ChartWidget
from .charts import Chart
from .controls import CELL, COURSES, RESULTS, SPREAD, Controls
from .look import FIELD_UNITS, palette
from .maps import TissueMaps, as_sent
from .player import Player, Settings, Snapshot
from .testing import Result

NO_LAYER = "none"
LEVELS: tuple[tuple[str, str, Quantity, str, float, str], ...] = (
    ("Glucose", "Glucose in plasma.", ("blood", "glucose"), "mM", 1.0, ".2f"),
    ("Insulin", "Insulin in plasma.", ("blood", "insulin"), "pM", 1.0, ".0f"),
    ("Fatty acids", "Free fatty acids in plasma.", ("blood", "ffa"), "mM", 1.0, ".2f"),
    (
        "HOMA-IR",
        "Fasting glucose times fasting insulin: an index of resistance.",
        ("body", "homa_ir"),
        "",
        1.0,
        ".1f",
    ),
    ("Weight", "Body mass.", ("body", "body_mass"), "kg", 1.0, ".1f"),
    ("Liver fat", "Fat in the liver, of its weight.", ("liver", "liver_fat"), "%", 1.0, ".1f"),
    (
        "Glucose infusion",
        "Glucose that runs into a vein.",
        ("body", "gir"),
        "mg/kg/min",
        GLUCOSE_MG_PER_UMOL,
        ".1f",
    ),
)


@solara.component
def Waiting(settings: Settings, share: float | None) -> None:
    """Say what takes so long, and how far it is."""
    who = f"{settings.phenotype}, {settings.cells:,} cells"
    what = "living the years up to now" if share is None else f"settling, {100.0 * share:.0f} %"
    text = f"Making a body ({who}): {what}. The first time this takes a minute or two; it is kept for later."
    solara.HTML("div", text, classes=["hint"], attributes={"role": "status"})
    vue.ProgressLinear(indeterminate=share is None, value=100.0 * (share or 0.0), class_="my-3")


@solara.component
def Sight(player: Player, controls: Controls) -> None:
    """Show all there is to see of a moment."""
    now = controls.snapshot.value
    if now is None:
        Waiting(player.settings, 1.0)
        return
    if now.test:
        Banner(player, controls, now)
    with solara.Div(classes=["now"]):
        if not now.test:
            When(controls, now)
        Levels(now)
    LookBar(player, controls)
    Maps(player, controls, now)
    with solara.lab.Tabs(value=controls.tab):
        for title in ("Over time", "Distribution", "One cell", f"Tests ({len(now.results)})"):
            solara.lab.Tab(title)
    with solara.Div(classes=["below"]):
        Below(player, controls, now)


@solara.component
def When(controls: Controls, now: Snapshot) -> None:
    """Say when in the life it is."""
    solara.HTML("div", controls.waiting.value or now.words, classes=["when"])


@solara.component
def Below(player: Player, controls: Controls, now: Snapshot) -> None:
    """Show the tab that was chosen."""
    if controls.tab.value == COURSES:
        if len(now.pictures) > 1:
            first, second = (name.lower() for name in now.pictures)
            solara.HTML("div", f"Dashed: {first}. Solid: {second}.", classes=["hint"])
        Figure(now.courses, 400)
        if now.courses.notes:
            solara.HTML("div", "  ·  ".join(now.courses.notes), classes=["hint", "notes"])
    elif controls.tab.value == SPREAD:
        solara.HTML(
            "div",
            f"{controls.look.value} over the cells of each tissue: grey as it was before, {_curves(now)}. "
            "The lines are medians.",
            classes=["hint"],
        )
        Figure(now.spread, 290)
    elif controls.tab.value == CELL:
        OneCell(now.cell)
    elif controls.tab.value == RESULTS:
        Results(now.results)


def _curves(now: Snapshot) -> str:
    """Return in words which colour of a distribution is what."""
    names = [name.lower() for name in now.pictures]
    return f"orange {names[0]}, blue {names[1]}" if len(names) > 1 else "blue now"


@solara.component
def Figure(chart: Chart, height: int) -> None:
    """Show a chart."""
    ChartWidget.element(
        option=chart.option,
        responsive=True,
        attributes={"style": f"height: {height}px", "class": "chart", "role": "img"},
    )


@solara.component
def Banner(player: Player, controls: Controls, now: Snapshot) -> None:
    """Say what is tested and how far it is, and then what it gave."""

    def leave() -> None:
        controls.playing.value = False
        player.leave_test()
        controls.look_again()

    with solara.Div(classes=["banner", "over"] if now.over else ["banner"]):
        solara.HTML(
            "div", _found(now) if now.over else now.words, classes=["words"], attributes={"role": "status"}
        )
        solara.Button(
            "Back to the body" if now.over else "Stop the test", on_click=leave, small=True, outlined=True
        )


def _found(now: Snapshot) -> str:
    """Return what a test gave, in words."""
    last = now.results[-len(now.pictures) :]
    found = []
    for result in last:
        reading, value = result.readings[0]
        of = f" ({result.side.lower()})" if result.side else ""
        found.append(f"{reading.words} {value:.2f} {reading.unit}{of}")
    return f"{last[0].title}, {last[0].dose}: {', '.join(found)}"


@solara.component
def Levels(now: Snapshot) -> None:
    """Show levels in numbers, of each body."""
    shown = [level for level in LEVELS if level[0] != ("HOMA-IR" if now.test else "Glucose infusion")]
    head = "".join(f'<th scope="col" title="{escape(plain)}">{name}</th>' for name, plain, *_ in shown)
    rows = "".join(
        f'<tr><th scope="row">{escape(side)}</th>'
        + "".join(
            f"<td><b>{format(seen[quantity] * factor, form)}</b> {unit}</td>"
            for _, _, quantity, unit, factor, form in shown
        )
        + "</tr>"
        for side, seen in now.seen.items()
    )
    table = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
    solara.HTML("div", unsafe_innerHTML=table, classes=["levels"])


@solara.component
def LookBar(player: Player, controls: Controls) -> None:
    """Let the visitor choose what is seen of the cells."""
    layers = {NO_LAYER: ""} | {printed_name(name): name for name in FIELD_UNITS}
    shown = next(words for words, name in layers.items() if name == controls.layer.value)
    with solara.Div(classes=["looks"]):
        vue.Autocomplete(
            label="Colour by", items=list(player.looks), v_model=controls.look.value, dense=True, hide_details=True,
            on_v_model=lambda look: controls.look.set(look or controls.look.value),
            attributes={"title": "A state of the cells, a signal in them, or what is around them."},
        )  # fmt: skip
        solara.Select(
            "Lines of equal level", value=shown, values=list(layers), dense=True,
            on_value=lambda words: controls.layer.set(layers[words]),
        )  # fmt: skip


@solara.component
def Maps(player: Player, controls: Controls, now: Snapshot) -> None:
    """Show the tissues."""
    layer = printed_name(controls.layer.value) if controls.layer.value else ""
    caption = f"Insulattice: {player.settings.phenotype}, {now.words}"

    def choose(place: dict[str, Any]) -> None:
        if place and player.choose(place["side"], place["tissue"], place["row"], place["column"]) is not None:
            controls.tab.value = CELL
            controls.look_again()

    maps = TissueMaps.element(
        picture=as_sent(now.number, now.pictures, layer, caption),
        palette=palette(),
        on_drawn=player.note_drawn,
        on_chosen=choose,
    )
    maps.key(f"tissues-{id(player)}")


@solara.component
def OneCell(card: CellCard | None) -> None:
    """Show the chain of the cell that was chosen, and all that is followed in it."""
    whole, set_whole = solara.use_state(False)
    if card is None:
        solara.HTML(
            "div", "Click a cell in a map to see its insulin signal, and what blocks it.", classes=["hint"]
        )
        return
    solara.HTML("div", card.title, classes=["heading"])
    solara.HTML(
        "div",
        "Each box shows how much this cell has, and how many times the median of its kind: orange is more, blue is "
        "less. Arrows act on, bars hold back.",
        classes=["hint"],
    )
    solara.HTML("div", unsafe_innerHTML=card.picture)
    solara.Button(
        "Hide the numbers" if whole else "Show all numbers of this cell",
        text=True,
        on_click=lambda: set_whole(not whole),
    )
    if whole:
        solara.HTML("div", unsafe_innerHTML=_cell_table(card), classes=["numbers"])


def _cell_table(card: CellCard) -> str:
    rows = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{value:.4g}</td><td>{median:.4g}</td><td>{escape(unit)}</td></tr>"
        for name, value, median, unit in card.rows
    )
    head = "".join(f"<th scope=col>{word}</th>" for word in ("what", "this cell", "median", "unit"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


@solara.component
def Results(results: tuple[Result, ...]) -> None:
    """Show what the tests gave, the last one first."""
    if not results:
        solara.HTML("div", "No test was done yet: press Clamp, for example.", classes=["hint"])
        return
    rows = "".join(
        f"<tr><td>{escape(result.title)}, {escape(result.dose)}</td><td>{escape(result.when)}</td>"
        f"<td>{escape(result.side or 'body')}</td><td>{escape(result.under or 'nothing')}</td><td>"
        + "<br>".join(
            f"{reading.words} <b>{value:#.3g}</b> {reading.unit}" for reading, value in result.readings
        )
        + "</td></tr>"
        for result in reversed(results)
    )
    head = "".join(f"<th scope=col>{word}</th>" for word in ("test", "when", "body", "under", "found"))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    solara.HTML("div", unsafe_innerHTML=table, classes=["numbers"])
