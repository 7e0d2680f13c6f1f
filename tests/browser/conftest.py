"""The system, the browser, and what is asserted after every test."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.opened import PATIENCE_MS, Answers, Console, Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, TELEPHONE = {"width": 1366, "height": 850}, {"width": 390, "height": 844}
REPORTS = """
window.__reports = [];
addEventListener("securitypolicyviolation", (event) =>
  window.__reports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="session")
def scene() -> Iterator[Scene]:
    command = [os.environ["SCENE_PYTHON"], "-m", "tests.browser.scene", "0.5"]
    house = os.pathsep.join(map(str, (ROOT / "layers/contact_center/python", ROOT / "functions")))
    process = subprocess.Popen(  # noqa: S603 - our own scene
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": house},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline() or "{}")
        assert ready.get("ready"), "the local system did not start"
        tokens = {role: ready[role] for role in ("operator", "viewer")}
        yield Scene(process, ready["url"], tokens)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=OPTIONS, headless=True
        )
        yield running
        running.close()


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
    ) -> Console:
        context = browser.new_context(
            viewport=TELEPHONE if small else DESK,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(REPORTS)
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
            page.get_by_label("Token").fill(scene.tokens[role])
            page.get_by_role("button", name="Log in").click()
            page.get_by_role("navigation", name="Pages").wait_for()
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
