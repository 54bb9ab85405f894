"""The page of the server, as a visitor sees it. What it looks like is kept in results/page_*.png.

Starting the server and opening a page cost more than what is done there, so a visit does several things in a row.
"""

import io
import re
from pathlib import Path

import pandas as pd
import pytest

from .conftest import ROOT, SOLARA_RUN, Visit, serving, visiting

pytestmark = pytest.mark.browser

TISSUES = ("Muscle", "Fat", "Liver")


@pytest.fixture(scope="session")
def results() -> Path:
    """The folder for pictures of the page."""
    folder = ROOT / "results"
    folder.mkdir(exist_ok=True)
    return folder


def file_of(visit: Visit, name: str) -> tuple[str, bytes]:
    """Press a button that gives a file; return its name and what is in it."""
    with visit.page.expect_download() as download:
        visit.press(name)
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_the_page_explains_itself_and_time_passes_as_chosen(visit):
    for tissue in TISSUES:
        assert len(visit.colours(tissue)) > 20
    titles = visit.page.locator(".it-title").all_inner_texts()
    assert [title.split(",")[0] for title in titles] == list(TISSUES)
    assert visit.page.locator(".it-label").all_inner_texts() == ["Akt-S473"] * 3
    assert len(visit.page.locator(".introduction").inner_text().rstrip(".").split(". ")) == 2
    assert visit.when == "Day 1, 07:00"
    visit.step()
    assert visit.when == "Day 1, 07:02"
    visit.choose("Time per picture", "10 min")
    visit.step()
    assert visit.when == "Day 1, 07:12"
    assert re.search(r"Plasma glucose \[mM\]: [\d.]+ now", visit.chart())
    visit.press("Play")
    visit.wait_for_picture(visit.number + 4)
    visit.press("Pause")
    visit.button("Play").wait_for()
    visit.page.wait_for_timeout(1000)
    stopped = visit.when
    assert stopped > "Day 1, 07:40"
    visit.page.wait_for_timeout(1000)
    assert visit.when == stopped


def test_a_clamp_is_watched_and_gives_an_m_value(visit, results):
    fasting = visit.level("Insulin")
    visit.choose("Time per picture", "10 min")
    visit.press("Clamp")
    visit.page.get_by_text(re.compile(r"Clamp, 40 mU/m²/min of insulin: minute \d+ of 180")).wait_for()
    visit.page.locator(".banner.over").wait_for(timeout=300_000)
    m_value = float(re.search(r"M-value ([\d.]+) mg/kg/min", visit.words)[1])
    assert 4.0 < m_value < 10.0
    assert visit.level("Insulin") > 4.0 * fasting
    assert visit.level("Glucose infusion") == pytest.approx(m_value, rel=0.05)
    visit.button("Play").wait_for()
    visit.page.screenshot(path=results / "page_clamp.png")
    visit.tab("Distribution")
    visit.page.locator('.chart[aria-label*="Muscle, Akt-S473: before median"] canvas').first.wait_for()
    visit.tab("Tests (1)")
    assert f"M-value {m_value:.2f}" in visit.page.locator(".numbers").inner_text()
    name, run = file_of_download(visit, "Tests (CSV)")
    table = pd.read_csv(io.BytesIO(run))
    assert name == "insulattice_lean_400_tests.csv"
    assert table.loc[0, "value"] == pytest.approx(m_value, abs=0.006)
    visit.press("Back to the body")
    visit.page.locator(".when").wait_for()
    assert visit.when == "Day 1, 07:00"


def file_of_download(visit: Visit, name: str) -> tuple[str, bytes]:
    """Open the folder of files, and take one."""
    if not visit.button(name).count():
        visit.press("Download")
    visit.button(name).wait_for()
    return file_of(visit, name)


def test_a_cell_is_chosen_by_click_and_by_keys_and_shows_its_chain(visit, results):
    visit.page.locator('canvas[data-tissue="Muscle"]').click(position={"x": 90, "y": 90})
    visit.page.get_by_text(re.compile(r"Myocyte \d+ of muscle")).wait_for()
    assert "Akt" in visit.page.locator("svg.chain").get_attribute("aria-label")
    visit.press("Show all numbers of this cell")
    visit.page.get_by_role("rowheader", name="Receptor total").wait_for()
    liver = visit.page.locator('canvas[data-tissue="Liver"]')
    liver.focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        liver.press(key)
    visit.page.get_by_text(re.compile(r"(Hepatocyte|Macrophage) \d+ of liver")).wait_for()
    visit.page.screenshot(path=results / "page_cell.png")
    name, picture = file_of(visit, "Save picture (PNG)")
    assert name == "insulattice.png"
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000


def test_another_state_gives_other_colours_and_another_unit(visit):
    before = {tissue: visit.colours(tissue) for tissue in TISSUES}
    visit.colour_by("Triglyceride")
    assert visit.page.locator(".it-label").all_inner_texts() == ["Triglyceride [mmol/kg]"] * 3
    assert all(visit.colours(tissue) != before[tissue] for tissue in TISSUES)
    visit.colour_by("M1")
    assert visit.page.locator(".it-label").all_inner_texts() == ["not followed here", "M1", "M1"]
    assert len(visit.colours("Muscle")) < 100  # grey, and the smooth rims of dots and marks
    number = visit.number
    visit.choose("Lines of equal level", "Insulin")
    visit.wait_for_picture(number + 1)
    assert "nM" in visit.page.locator(".it-note").last.inner_text()


def test_metformin_on_one_of_two_branches_lowers_its_glucose(visit, results):
    visit.press("Compare")
    visit.press("Branch here")
    visit.page.get_by_role("rowheader", name="Untreated").wait_for()
    visit.press("Drugs")
    visit.switch("Metformin").wait_for()
    visit.switch("Metformin").press("Space")
    visit.page.get_by_label("dose [mg/day]").fill("99999")
    visit.page.get_by_label("dose [mg/day]").press("Enter")
    visit.page.get_by_text(re.compile("metformin: dose_mg_per_day .* allowed: 0 to 4000")).wait_for()
    visit.choose("Time per picture", "30 min")
    for _ in range(8):
        visit.step()
    assert visit.when == "Day 1, 11:00"
    assert visit.level("Glucose", side=1) < visit.level("Glucose", side=0)
    assert visit.page.locator(".it-frame canvas").count() == 6
    assert "Metformin 2000 mg/day" in visit.page.locator(".notes").inner_text()
    visit.page.screenshot(path=results / "page_compare.png")


def test_reset_builds_the_body_that_was_chosen_and_visitors_do_not_meet(visit, browser, address):
    visit.step()
    insulin = visit.level("Insulin")
    for other in visiting(browser, address + "?cells=400"):
        assert (other.when, visit.when) == ("Day 1, 07:00", "Day 1, 07:02")
    visit.choose("Phenotype", "obese")
    assert visit.when == "Day 1, 07:02"
    visit.press("Reset")
    visit.page.get_by_text(re.compile("Making a body")).wait_for()
    visit.wait_for_tissues()
    assert visit.when == "Day 1, 07:00"
    assert visit.level("Insulin") > insulin


def test_clicks_in_quick_succession_do_no_harm(visit):
    button = visit.page.get_by_role("button", name=re.compile("^(Play|Pause)$"))
    for i in range(24):
        button.click()
        if i % 8 == 0:
            visit.colour_by("DAG" if i % 16 else "JNK")
        if i == 10:
            visit.press("Glucose drink (OGTT)")
    visit.come_to_rest()
    assert "Traceback" not in visit.page.locator("body").inner_text()
    visit.step()


@pytest.mark.slow
def test_solara_runs_the_file_as_well(browser, tmp_path):
    with serving(SOLARA_RUN, tmp_path / "log.txt") as address:
        for visit in visiting(browser, address + "?cells=400"):
            visit.step()
            assert visit.when == "Day 1, 07:02"
