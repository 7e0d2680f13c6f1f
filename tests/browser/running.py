"""The system that is looked at and the browser that looks, as long as they run."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser.opened import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

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
# Pages of one site share what runs them: a page that is opened takes 0.6 s of a processor, not 1.
FEW_PROCESSES = ("--process-per-site", "--in-process-gpu", "--disable-site-isolation-trials")


@contextmanager
def running_scene(speed: float) -> Iterator[Scene]:
    """tests/browser/scene.py; `speed`: milliseconds of what is said in a real one."""
    command = [os.environ["SCENE_PYTHON"], "-m", "tests.browser.scene", str(speed)]
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
        tokens = {role: ready[role] for role in ("operator", "viewer", "Ada")}
        yield Scene(process, ready["url"], tokens)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()


@contextmanager
def running_chromium(*more: str) -> Iterator[Browser]:
    """This machine's Chromium, named by CHROMIUM; with more options."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=[*OPTIONS, *more], headless=True
        )
        yield running
        running.close()
