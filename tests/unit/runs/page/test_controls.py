"""What the address of the page asks for."""

import pytest

from insulattice.runs.page.controls import CELLS, settings_of
from insulattice.runs.page.player import Settings


def test_the_address_names_the_first_body():
    settings, refused = settings_of("?phenotype=obese&cells=1000&seed=7")
    assert (settings.phenotype, settings.cells, settings.seed) == ("obese", 1000, 7)
    assert refused == ""


@pytest.mark.parametrize("query", ["", "?theme=dark"])
def test_an_address_that_asks_for_nothing_gives_the_usual_body(query):
    assert settings_of(query) == (Settings(), "")


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("?cells=300&seed=7", f"cells is '300', allowed: {', '.join(map(str, CELLS))}"),
        (
            "?phenotype=fat&seed=7",
            "phenotype is 'fat', allowed: lean, obese, prediabetic, lean_t2d, obese_t2d",
        ),
        ("?seed=7&cells=", ""),
    ],
)
def test_what_is_not_allowed_is_said_and_the_rest_is_taken(query, line):
    settings, refused = settings_of(query)
    assert refused == (f"The address of this page: {line}." if line else "")
    assert settings == Settings(seed=7)


def test_a_seed_is_a_whole_number():
    assert settings_of("?seed=-1")[1].endswith(
        "seed is '-1', allowed: a whole number of at most nine digits."
    )
