"""A switch with its dials for every rule, and a list of arrows to cut."""

# mypy: disable-error-code="attr-defined,no-untyped-call,untyped-decorator"
# (Solara's own types are incomplete.)

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import reacton.ipyvuetify as vue
import solara

from ...agents.arrows import read_arrows
from .controls import Controls
from .treatments import Dial, Switch, rules_of


@solara.component
def SwitchRow(controls: Controls, switch: Switch) -> None:
    """Show a switch, and when it is on what it does and its dials."""
    given = controls.switched.value.get(switch.name)

    def turn(on: bool) -> None:
        others = {name: there for name, there in controls.switched.value.items() if name != switch.name}
        change(controls, others | ({switch.name: {}} if on else {}))

    with solara.Div(attributes={"title": switch.plain}, classes=["switch"]):
        solara.Switch(label=switch.title, value=given is not None, on_value=turn)
    if given is None:
        return
    usual = switch.usual(given)
    with solara.Div(classes=["dials"]):
        solara.HTML("div", switch.plain, classes=["hint"])
        for dial in switch.dials:
            DialRow(controls, switch, dial, given.get(dial.name, usual[dial.name]))
        source = switch.source if switch.source != "assumed" else "assumed, no paper"
        solara.HTML("div", f"Source: {source}", classes=["source"])


@solara.component
def DialRow(controls: Controls, switch: Switch, dial: Dial, value: Any) -> None:
    """Show an argument of a rule."""

    def turn(to: Any) -> None:
        given = dict(controls.switched.value.get(switch.name, {}))
        if dial.choices:
            given = {
                name: kept
                for name, kept in given.items()
                if name in {d.name for d in switch.dials if d.choices}
            }
        if to is None:
            given.pop(dial.name, None)
        else:
            given[dial.name] = to
        change(controls, controls.switched.value | {switch.name: given})

    label = f"{dial.words} [{dial.unit}]" if dial.unit else dial.words
    if dial.choices:
        solara.Select(dial.words, value=value, values=list(dial.choices), on_value=turn, dense=True)
    elif dial.is_switch:
        solara.Switch(label=label, value=bool(value), on_value=turn)
    else:
        solara.InputFloat(label, value=value, on_value=turn, optional=True, dense=True)


def change(controls: Controls, switched: Mapping[str, dict[str, Any]]) -> None:
    """Take other treatments, unless a dose is not allowed; then it is said what is."""
    try:
        rules_of(switched)
    except ValueError as error:
        controls.complaint.value = str(error)
        return
    controls.complaint.value = ""
    controls.switched.value = dict(switched)


@solara.component
def ArrowPanel(controls: Controls) -> None:
    """Let the visitor cut arrows of the causal web."""
    arrows = read_arrows()
    items = [{"text": f"{name}: {arrow.effect}", "value": name} for name, arrow in arrows.items()]
    solara.HTML(
        "div", "Cut an arrow to see what hangs on it: what resistance is left without it?", classes=["hint"]
    )
    vue.Autocomplete(
        label="Arrows to cut", items=items, v_model=controls.cut.value, multiple=True, chips=True, deletable_chips=True,
        on_v_model=lambda names: controls.cut.set(list(names or [])), dense=True,
    )  # fmt: skip
