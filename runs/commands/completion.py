"""What the shell offers when Tab is pressed: names of phenotypes, arrows, parameters, rules and so on.

A shell asks at every press, so that nothing but the tables and the text of a few files is read here: to import the
model would take a second.
"""

from __future__ import annotations

import csv
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOMS = Path(__file__).resolve().parent.parent.parent
PROGRAM = "insulattice"
VARIABLE = "_INSULATTICE_COMPLETE"
SHELLS = ("bash", "zsh", "fish")
RULE_NAME = re.compile(r'^    name: ClassVar\[str\] = "(\w+)"', re.M)

Offer = tuple[str, str]
"""A word, and what it means."""


# ---- what there is ------------------------------------------------------------------------------------------------


def phenotypes() -> Iterator[Offer]:
    """Give the phenotypes."""
    table = tomllib.loads((ROOMS / "environment" / "phenotypes.toml").read_text(encoding="utf-8"))
    return ((name, str(inputs.get("text", ""))) for name, inputs in table.items())


def arrows() -> Iterator[Offer]:
    """Give the arrows of the causal web."""
    return ((row["arrow"], row["effect"]) for row in _rows("agents", "arrows.csv"))


def parameters() -> Iterator[Offer]:
    """Give the parameters, as ``--set`` takes them."""
    seen: set[str] = set()
    for room in ("agents", "environment"):
        for row in _rows(room, "parameters.csv"):
            if row["kind"] != "start" and row["name"] not in seen:
                seen.add(row["name"])
                yield f"{row['name']}=", f"{row['value']} {row['unit']}, {row['low']} to {row['high']}"


def states() -> Iterator[Offer]:
    """Give the states of cells."""
    seen = dict.fromkeys(row["name"] for row in _rows("agents", "parameters.csv") if row["kind"] == "start")
    return ((name, "") for name in seen)


def rules() -> Iterator[Offer]:
    """Give the rules that a life can be lived under."""
    for path in sorted((ROOMS / "environment" / "interventions").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for name in RULE_NAME.findall(text):
            yield name, text.partition('"""')[2].partition("\n")[0].rstrip('"')


def studies() -> Iterator[Offer]:
    """Give the published experiments."""
    for path in sorted((ROOMS / "runs" / "studies").rglob("*.toml")):
        yield path.stem, path.parent.name


def _rows(room: str, name: str) -> Iterator[dict[str, str]]:
    with open(ROOMS / room / name, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def offers(find: Callable[[], Iterable[Offer]]) -> Callable[[str], list[Offer]]:
    """Return what an option asks: the words that begin as what was typed; none if a file cannot be read."""

    def offer(incomplete: str) -> list[Offer]:
        try:
            return [(word, text) for word, text in find() if word.startswith(incomplete)]
        except (OSError, ValueError, KeyError):
            return []

    return offer


def words(*allowed: str) -> Callable[[str], list[Offer]]:
    """Return what an option with a few allowed words asks."""
    return offers(lambda: ((word, "") for word in allowed))


# ---- scripts ------------------------------------------------------------------------------------------------------

BASH_ENDS = r"""    local i word="${COMP_WORDS[COMP_CWORD]}"
    for i in "${!COMPREPLY[@]}"; do
        [[ ${COMPREPLY[i]} == *\>* && $word != [\'\"]* ]] && COMPREPLY[i]="'${COMPREPLY[i]}'"
    done
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    return 0"""
"""For bash: the ``>`` of an arrow needs quotes, or it would write a file; after ``NAME=`` a value follows."""

HINTS = {
    "bash": 'eval "$(insulattice completion bash)"    # in ~/.bashrc',
    "zsh": 'eval "$(insulattice completion zsh)"    # in ~/.zshrc, after compinit',
    "fish": "insulattice completion fish | source    # in ~/.config/fish/config.fish",
}


def script(shell: str) -> str:
    """Return what a shell reads to complete our command.

    Raises
    ------
    ValueError
        For another shell.
    """
    from typer._completion_shared import get_completion_script

    if shell not in SHELLS:
        raise ValueError(f"no completion for {shell!r}, allowed: {', '.join(SHELLS)}")
    text = get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=shell)
    return text.replace("    return 0", BASH_ENDS) if shell == "bash" else text


def listen() -> None:
    """Let typer answer a shell that asks; it knows no shell before, as its own options for this are off."""
    if os.environ.get(VARIABLE):
        from typer.completion import get_completion_inspect_parameters

        get_completion_inspect_parameters()


def shell_in_use() -> str:
    """Return the name of the shell from which we were called, as far as the environment tells."""
    return Path(os.environ.get("SHELL", "")).name
