"""The system, the browser, and what is asserted after every test."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.browser.opened import PATIENCE_MS, Console
from tests.browser.running import running_chromium, running_scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.browser.opened import Answers, Scene

DESK, TELEPHONE = {"width": 1366, "height": 850}, {"width": 390, "height": 844}
FASTER = Path(__file__).with_name("faster.js")
REPORTS = """
window.__reports = [];
addEventListener("securitypolicyviolation", (event) =>
  window.__reports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="session")
def scene() -> Iterator[Scene]:
    with running_scene(speed=0.5) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_chromium() as running:
        yield running


@pytest.fixture
def open_console(scene: Scene, browser: Browser) -> Iterator[Callable[..., Console]]:
    """Opens consoles; after the test none of them may have had a fault."""
    opened = []

    def open_one(
        role: str | None = "operator",
        *,
        small: bool = False,
        dark: bool = False,
        answers: Answers | None = None,
        faster: bool = False,
    ) -> Console:
        context = browser.new_context(
            viewport=TELEPHONE if small else DESK,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(REPORTS)
        if faster:  # twenty times: what takes half a minute is seen in two seconds
            context.add_init_script(path=FASTER)
        page = context.new_page()
        console = Console(page, scene.url)
        opened.append((context, console))
        page.on("request", lambda request: _stays(request.url, console))
        page.on("pageerror", lambda error: console.faults.append(f"error: {error}"))
        page.on("console", lambda message: _heard(message, console))
        if answers is not None:
            page.route("**/api/**", answers.serve)
        page.goto(f"{scene.url}/console")
        if role is not None:
            console.log_in(scene.tokens[role])
        return console

    yield open_one
    faults = []
    for context, console in opened:
        faults += console.faults
        with suppress(Exception):
            faults += console.page.evaluate("window.__reports")
        context.close()
    assert faults == []


def _stays(url: str, console: Console) -> None:
    host = urlsplit(url).hostname
    if not url.startswith(("data:", "blob:")) and host not in {"127.0.0.1", "localhost"}:
        console.faults.append(f"asked elsewhere: {url}")


def _heard(message: Any, console: Console) -> None:
    # A refusal is an answer like others; the browser calls each an error of the network.
    if message.type == "error" and not message.text.startswith("Failed to load resource"):
        console.faults.append(f"console: {message.text}")
