"""The page of the server, as a visitor sees it. What it looks like is kept in results/page.png."""

import re
import time
from pathlib import Path

import pytest

from .conftest import ROOT, SOLARA_RUN, serving, visiting

pytestmark = pytest.mark.browser

TISSUES = ("Muscle", "Fat", "Liver")


@pytest.fixture(scope="session")
def results() -> Path:
    """The folder for pictures of the page."""
    folder = ROOT / "results"
    folder.mkdir(exist_ok=True)
    return folder


def test_the_page_shows_three_tissues_whose_cells_differ(visit):
    for tissue in TISSUES:
        assert len(visit.colours(tissue)) > 20
    titles = visit.page.locator(".it-title").all_inner_texts()
    assert [title.split(",")[0] for title in titles] == list(TISSUES)
    assert visit.page.locator(".it-label").all_inner_texts() == ["Akt-S473"] * 3
    assert len(visit.page.locator(".introduction").inner_text().rstrip(".").split(". ")) == 2


def test_play_lets_time_pass_and_pause_stops_it(visit):
    assert visit.minute == 0
    visit.press("Play")
    visit.wait_for_picture(12)
    visit.press("Pause")
    visit.page.get_by_role("button", name="Play", exact=True).wait_for()
    time.sleep(0.5)
    stopped = visit.minute
    assert stopped >= 20
    time.sleep(1.0)
    assert visit.minute == stopped


def test_a_step_is_as_long_as_chosen(visit):
    visit.step()
    assert visit.minute == 2
    visit.choose("Minutes per frame", "10")
    visit.step()
    assert visit.minute == 12


def test_insulin_raises_plasma_insulin_and_akt(visit, results):
    visit.choose("Minutes per frame", "10")
    visit.step()
    fasting, series = visit.level("Insulin"), visit.series()
    slider = visit.page.get_by_role("slider")
    slider.focus()
    for _ in range(8):
        slider.press("ArrowRight")
    visit.page.get_by_text("80 mU/m²/min, glucose clamped at 5 mM").wait_for()
    for _ in range(6):
        visit.step()
    assert visit.level("Insulin") > 5.0 * fasting
    assert visit.level("Glucose infusion") > 1.0
    assert visit.series() != series
    visit.page.screenshot(path=results / "page.png")


def test_another_state_gives_other_colours_and_another_unit(visit):
    before = {tissue: visit.colours(tissue) for tissue in TISSUES}
    visit.colour_by("Triglyceride")
    assert visit.page.locator(".it-label").all_inner_texts() == ["Triglyceride [mmol/kg]"] * 3
    assert all(visit.colours(tissue) != before[tissue] for tissue in TISSUES)


def test_a_state_of_macrophages_only_leaves_muscle_grey(visit):
    visit.colour_by("M1")
    assert visit.page.locator(".it-label").all_inner_texts() == ["not followed here", "M1", "M1"]
    assert len(visit.colours("Muscle")) <= 2


def test_reset_builds_the_body_that_was_chosen(visit):
    visit.step()
    lean = visit.level("Insulin"), visit.page.locator(".it-title").all_inner_texts()
    visit.choose("Phenotype", "obese")
    assert visit.minute == 2
    visit.press("Reset")
    visit.page.locator(".insulattice-tissues").wait_for(state="detached")
    visit.wait_for_tissues()
    assert visit.minute == 0
    assert visit.level("Insulin") > lean[0]
    visit.step()
    assert visit.minute == 2


def test_clicks_in_quick_succession_do_no_harm(visit):
    button = visit.page.get_by_role("button", name=re.compile("Play|Pause"))
    for i in range(40):
        button.click()
        if i % 8 == 0:
            visit.colour_by("DAG" if i % 16 else "JNK")
    visit.come_to_rest()
    visit.step()
    assert "Traceback" not in visit.page.locator("body").inner_text()


def test_each_visitor_has_a_body_of_their_own(visit, browser, address):
    visit.step()
    for other in visiting(browser, address + "?cells=400"):
        assert other.minute == 0
        assert visit.minute == 2


def test_solara_runs_the_file_as_well(browser, tmp_path):
    with serving(SOLARA_RUN, tmp_path / "log.txt") as address:
        for visit in visiting(browser, address + "?cells=400"):
            visit.step()
            assert visit.minute == 2
