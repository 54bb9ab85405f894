"""The page on a real server, in a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as NotInTime

ROOT = Path(__file__).resolve().parents[2]
TRIES = (10, 20, 60)
"""For how long a list may take to open, try by try [s]."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
READY = 300.0  # [s] until the server answers; a busy machine takes its time
BODY = 600_000  # [ms] until a body is there: the first one compiles, lives its history and settles
PATIENCE = 60_000  # [ms] for anything else
TOO_SLOW = "[anywidget] Failed to initialize model"
"""What anywidget says if a very busy machine takes more than 2 s for a widget; a visitor would open the page again."""
OPENINGS = 3
QUIET = 8
"""Half seconds without play after which clicks that came before are taken as done."""

SERVE = [
    sys.executable,
    "-c",
    "from insulattice.runs.cli import main; main()",
    "serve",
    "--no-open",
    "--port",
]
SOLARA_RUN = [
    sys.executable,
    "-m",
    "solara",
    "run",
    "runs/app.py",
    "--no-open",
    "--no-check-version",
    "--port",
]


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(command: list[str], log: Path) -> Iterator[str]:
    """Run a server on a free port while in use; yield the address of its page."""
    port = free_port()
    environment = os.environ | {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false", "HOST": "127.0.0.1"}
    with open(log, "w") as output:
        server = subprocess.Popen(
            [*command, str(port)], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until_ready(server, port, log)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_ready(server: subprocess.Popen, port: int, log: Path) -> None:
    """Return once the server answers; fail with what it said if it does not."""
    ends = time.monotonic() + READY
    while time.monotonic() < ends and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def address(tmp_path_factory) -> Iterator[str]:
    """Where the page is served by the command of ours."""
    with serving(SERVE, tmp_path_factory.mktemp("server") / "log.txt") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("there is no Chromium: install the package chromium (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A visit to the page: what the browser complains about and asks for, and what is on the page.

    Attributes
    ----------
    page : playwright.sync_api.Page
    complaints : list of str
        Errors of the console and of scripts, answers above 399, and requests to other hosts.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self._note(message.type == "error", f"console: {message.text}"))
        page.on("pageerror", lambda error: self._note(True, f"script: {error}"))
        page.on("response", lambda answer: self._note(answer.status >= 400, f"{answer.status}: {answer.url}"))
        page.on("request", lambda request: self._note(not is_local(request.url), f"asks for {request.url}"))
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        self.wait_for_tissues()
        for _ in range(OPENINGS):
            if not any(TOO_SLOW in complaint for complaint in self.complaints):
                break
            self.complaints.clear()
            page.reload()
            self.wait_for_tissues()

    def _note(self, wrong: bool, what: str) -> None:
        if wrong:
            self.complaints.append(what)

    def wait_for_tissues(self) -> None:
        """Wait until three tissues are drawn."""
        self.page.wait_for_function("document.querySelectorAll('.it-frame canvas').length == 3", timeout=BODY)

    @property
    def number(self) -> int:
        """Number of the picture that is shown."""
        return int(self.page.get_attribute(".insulattice-tissues", "data-number"))

    def button(self, name: str) -> Locator:
        """Return a button."""
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        """Press a button."""
        self.button(name).click()

    def switch(self, name: str) -> Locator:
        """Return a switch."""
        return self.page.get_by_role("switch", name=name, exact=True)

    def tab(self, name: str) -> None:
        """Open a tab below the maps."""
        self.page.get_by_role("tab", name=name).click()

    def come_to_rest(self) -> None:
        """Press Pause until the page has stopped; what it shows lags behind quick clicks."""
        step, pause = self.button("Step"), self.button("Pause")
        quiet = 0
        for _ in range(240):
            self.page.wait_for_timeout(500)
            quiet = quiet + 1 if step.is_enabled() else 0
            if quiet >= QUIET:
                return
            if pause.count():
                pause.click()
        raise AssertionError("the page did not come to rest in two minutes")

    def step(self) -> None:
        """Let one step pass and wait until it is shown."""
        before = self.number
        self.press("Step")
        self.wait_for_picture(before + 2)  # one of the step, one with the charts up to it

    def choose(self, name: str, value: str) -> None:
        """Choose a value in a list."""
        self.page.get_by_label(name, exact=True).click(force=True)
        self.page.get_by_role("option", name=value, exact=True).click()

    def colour_by(self, name: str) -> None:
        """Colour the cells by another quantity and wait until it is shown."""
        before = self.number
        option = self.page.get_by_role("option", name=name, exact=True)
        for patience in TRIES:  # the list closes when the page is drawn anew meanwhile: open it again
            self.page.get_by_label("Colour by", exact=True).fill(name)
            try:
                option.click(timeout=1000 * patience)
                break
            except NotInTime:
                if patience == TRIES[-1]:
                    raise
        self.wait_for_picture(before + 1)

    def wait_for_picture(self, number: int) -> None:
        """Wait until this picture or a later one is drawn."""
        self.page.wait_for_function(
            f"Number(document.querySelector('.insulattice-tissues')?.dataset.number ?? -1) >= {number}"
        )

    def level(self, name: str, side: int = 0) -> float:
        """Return a level as a number."""
        column = self.page.locator(".levels thead th").all_inner_texts().index(name)
        row = self.page.locator(".levels tbody tr").nth(side)
        return float(row.locator("td").nth(column).locator("b").inner_text())

    @property
    def when(self) -> str:
        """When in the life it is."""
        return self.page.locator(".when").inner_text()

    @property
    def words(self) -> str:
        """What the banner of a test says."""
        return self.page.locator(".banner .words").inner_text()

    def colours(self, tissue: str) -> dict[str, int]:
        """Return how many pixels of a tissue's canvas have each colour."""
        return self.page.evaluate(
            """(tissue) => {
                const canvas = document.querySelector(`canvas[data-tissue="${tissue}"]`);
                const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
                const found = {};
                for (const colour of new Uint32Array(data.buffer)) found[colour] = (found[colour] || 0) + 1;
                return found;
            }""",
            tissue,
        )

    def chart(self) -> str:
        """Return the chart that is shown, in words."""
        return self.page.locator(".chart").get_attribute("aria-label")


def is_local(url: str) -> bool:
    """Tell whether nothing leaves this machine for an address."""
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))


@pytest.fixture
def visit(browser, address) -> Iterator[Visit]:
    """A visitor of a small lean body."""
    yield from visiting(browser, address + "?cells=400")


def visiting(browser: Browser, address: str) -> Iterator[Visit]:
    """Visit a page; afterwards nothing may have been wrong, and no request may have left this machine."""
    context = browser.new_context(viewport={"width": 1500, "height": 1100}, accept_downloads=True)
    try:
        visit = Visit(context.new_page(), address)
        yield visit
        assert visit.complaints == []
    finally:
        context.close()
