"""The system, the browser, and what is asserted after every test."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.browser.answers import ToldServer
from tests.browser.opened import DESK, PATIENCE_MS, Console
from tests.browser.running import FEW_PROCESSES, running_chromium, running_scene

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.answers import Answers
    from tests.browser.opened import Scene

FASTER = Path(__file__).with_name("faster.js")
CALLER = "+14155550111"
SLOWER = float(os.environ.get("SLOWER", "1"))  # a page thinks so many times as long
HURRIED, UNHURRIED = 2.0, 0.25  # simulated seconds of speech in a real one
FAILED = pytest.StashKey[bool]()
REPORTS = """
window.__reports = [];
addEventListener("securitypolicyviolation", (event) =>
  window.__reports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="session")
def scene() -> Iterator[Scene]:
    with running_scene(speed=HURRIED) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_chromium(*FEW_PROCESSES) as running:
        yield running


@pytest.fixture(scope="session")
def told(scene: Scene) -> Iterator[ToldServer]:
    served = ToldServer(scene.url)
    served.start()
    yield served
    served.stop()


@dataclass
class Visitors:
    """Browsers of people who come again: logged in once, with the page's files at hand.

    A context of Playwright is a browser of its own: cookies, what is kept, what was fetched.
    """

    browser: Browser
    scene: Scene
    known: dict[str, BrowserContext] = field(default_factory=dict)

    def of(self, role: str) -> BrowserContext:
        if role not in self.known:
            context = self.stranger()
            page = context.new_page()
            page.goto(f"{self.scene.url}/console")
            Console(page, self.scene.url).log_in(self.scene.tokens[role])
            page.goto("about:blank")  # stays: a window for each page takes longer than a tab
            self.known[role] = context
        return self.known[role]

    def stranger(self) -> BrowserContext:
        context = self.browser.new_context(
            viewport=DESK, color_scheme="light", reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(REPORTS)
        return context


@pytest.fixture(scope="session")
def visitors(browser: Browser, scene: Scene) -> Iterator[Visitors]:
    made = Visitors(browser, scene)
    yield made
    for context in made.known.values():
        context.close()


@dataclass
class Opener:
    """Opens pages, and keeps what must not have happened on any of them."""

    visitors: Visitors
    told: ToldServer
    opened: list[Console] = field(default_factory=list)

    def console(
        self,
        role: str | None = "operator",
        *,
        answers: Answers | None = None,
        faster: int = 0,
        script: str = "",
    ) -> Console:
        """The console, logged in.

        Args:
            role: As whom; None: not logged in.
            answers: What the API is to have said.
            faster: Its time passes so many times as fast.
            script: Laid under the page.
        """
        if role is None:
            return self._page(self.visitors.stranger(), answers)
        console = self._page(self.visitors.of(role), answers, faster=faster, script=script)
        console.page.get_by_role("navigation", name="Pages").wait_for()
        console.page.evaluate("localStorage.clear()")
        return console

    def telephone(self) -> Console:
        """The telephone, where nobody has to log in."""
        return self._page(self.visitors.of("operator"), None, "telephone/")

    def _page(
        self,
        context: BrowserContext,
        answers: Answers | None,
        path: str = "console",
        *,
        faster: int = 0,
        script: str = "",
    ) -> Console:
        page = context.new_page()
        if script:
            page.add_init_script(script)
        if faster:
            page.add_init_script(f"window.__times = {faster};")
            page.add_init_script(path=FASTER)
        url = self.visitors.scene.url if answers is None else self.told.url
        console = Console(page, url)
        self.opened.append(console)
        page.on("request", lambda request: _stays(request.url, console))
        page.on("pageerror", lambda error: console.faults.append(f"error: {error}"))
        page.on("console", lambda message: _heard(message, console))
        if answers is not None:
            self.told.tell(page, answers)
        if SLOWER > 1:
            cdp = context.new_cdp_session(page)
            cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(f"{url}/{path}")
        return console

    def faults(self) -> list[str]:
        found = []
        for console in self.opened:
            found += console.faults
            with suppress(Exception):
                found += console.page.evaluate("window.__reports")
        return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture
def opener(
    visitors: Visitors, told: ToldServer, request: pytest.FixtureRequest
) -> Iterator[Opener]:
    """After the test nothing may have gone wrong on any page; else what each shows is told."""
    made = Opener(visitors, told)
    yield made
    faults = made.faults()
    if faults or FAILED in request.node.stash:
        for console in made.opened:
            print(console.shows())
    for console in made.opened:
        context = console.page.context
        console.page.close()
        context.set_offline(offline=False)
        if context not in visitors.known.values():
            context.close()
    assert faults == []


@pytest.fixture
def people_take_their_time(scene: Scene) -> Iterator[None]:
    """Whoever speaks does it so slowly that something can be done meanwhile."""
    scene.command(speed=UNHURRIED)
    yield
    scene.command(speed=HURRIED)


@pytest.fixture
def caller(scene: Scene) -> Iterator[str]:
    """Somebody who rings, and stays on the line until the test is over."""
    call = str(scene.command(dial=CALLER)["id"])
    yield call
    scene.command(call=call, does={"hang_up": "hangs up"})


@pytest.fixture
def open_console(opener: Opener) -> Callable[..., Console]:
    return opener.console


@pytest.fixture
def open_telephone(opener: Opener) -> Callable[..., Console]:
    return opener.telephone


def _stays(url: str, console: Console) -> None:
    host = urlsplit(url).hostname
    if not url.startswith(("data:", "blob:")) and host not in {"127.0.0.1", "localhost"}:
        console.faults.append(f"asked elsewhere: {url}")


def _heard(message: Any, console: Console) -> None:
    # A refusal is an answer like others; the browser calls each an error of the network.
    if message.type == "error" and not message.text.startswith("Failed to load resource"):
        console.faults.append(f"console: {message.text}")
