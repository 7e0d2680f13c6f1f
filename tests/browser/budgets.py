"""What the console costs whoever has it open, in this machine's Chromium; one JSON object.

    python -m tests.browser.budgets first_load updates heap plot painted latency latency_hurried

Run by `make bench PART=console` (tests/benchmarks/console), in the environment of browser tests.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.browser import told
from tests.browser.answers import Answers, ToldServer
from tests.browser.running import running_chromium, running_scene
from tests.browser.words_seen import compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright.sync_api import Browser, CDPSession, Page

    from tests.browser.opened import Scene

HERE = Path(__file__).parent
NOTES = (HERE / "budgets.js").read_text(encoding="utf-8")
FASTER = (HERE / "faster.js").read_text(encoding="utf-8")
PATIENCE_MS = 60_000
UPDATES, OF_EACH = 40, 5  # a fifth of the calls says something each second
POINTS_DAYS = 60  # by the hour: 1,440 points
HEAP_FROM_POLLS, HEAP_S, HEAP_LOOKS, TIMES = 30, 600, 6, 20
CALLS, EVENTS, LONGEST_S = 30, 200, 240
TALKS = [str(HERE / "talks" / name) for name in ("billing.toml", "support.toml")]
HURRIED = ["01-billing.toml", "02-sales.toml", "03-support.toml", "05-vague.toml"]

PLOTTER = """async () => {
  const here = document.querySelector("script[src]").src;
  await import(new URL("vendor/uplot.mjs", here));
}"""

type Json = dict[str, Any]


@contextmanager
def opened(
    browser: Browser, scene: Scene, answers: Answers | None = None, *scripts: str
) -> Iterator[Page]:
    """A console in which an operator is logged in."""
    context = browser.new_context(viewport={"width": 1366, "height": 850})
    context.set_default_timeout(PATIENCE_MS)
    for script in (NOTES, *scripts):
        context.add_init_script(script)
    page = context.new_page()
    told_by = ToldServer(scene.url)
    told_by.start()
    if answers is not None:
        told_by.tell(page, answers)
    page.goto(f"{scene.url if answers is None else told_by.url}/console")
    page.get_by_label("Token").fill(scene.tokens["operator"])
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("navigation", name="Pages").wait_for()
    try:
        yield page
    finally:
        context.close()
        told_by.stop()


def go(page: Page, where: str) -> None:
    page.evaluate("where => { location.hash = `#/${where}`; }", where)


def first_load(browser: Browser, scene: Scene) -> Json:
    """Bytes as they came over the wire, and requests, of a browser that has nothing yet."""
    with opened(browser, scene) as page:
        logged_in = page.context.storage_state()
    context = browser.new_context(storage_state=logged_in)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    came: list[float] = []  # what is in the cache by then comes with no byte
    cdp.on("Network.loadingFinished", lambda one: came.append(one["encodedDataLength"]))
    page.goto(f"{scene.url}/console")
    page.get_by_text("Nobody is on the line.").wait_for(timeout=PATIENCE_MS)
    page.get_by_text("There was no call today.").wait_for(timeout=PATIENCE_MS)
    live = _sum(came)
    go(page, "figures")
    page.get_by_text("Nothing was counted").first.wait_for(timeout=PATIENCE_MS)
    page.evaluate(PLOTTER)  # which its plot asks for once there is something to draw
    context.close()
    return {"live": live, "figures": _sum(came)}


def _sum(came: list[float]) -> Json:
    return {"bytes": sum(came), "requests": sum(1 for one in came if one)}


class Live:
    """What is live, second by second: a fifth of the calls has new words, the rest stays."""

    def __init__(self, calls: int) -> None:
        self._told = told.live(calls, needs=5, waiting=3)
        self._second = 0

    def __call__(self, _: object = None) -> Json:
        self._second += 1
        rows = self._told["calls"]
        for number in range(self._second % OF_EACH, len(rows), OF_EACH):
            rows[number]["words"] = f"{told.WORDS[number % 4]} {self._second}"
        return self._told | {"at": told.iso()}


class Passing(Live):
    """The same, and every third second a call is over and another begins."""

    def __call__(self, _: object = None) -> Json:
        answer = super().__call__()
        if self._second % 3 == 0:
            rows = answer["calls"]
            rows.append(told.live_call(0) | {"id": f"passing-{self._second}"})
            del rows[0]
        return answer


def updates(browser: Browser, scene: Scene) -> Json:
    """Milliseconds from an answer to the page as it is then, drawn and laid out; medians."""
    found = {}
    for calls in (30, 500):
        with opened(browser, scene, Answers({"/api/live": Live(calls)})) as page:
            page.wait_for_function(f"() => __updates.length > {UPDATES}", timeout=2 * PATIENCE_MS)
            took = page.evaluate("__updates")
        found[str(calls)] = {"first": took[0], "median": statistics.median(took[1:])}
    return found


def heap(browser: Browser, scene: Scene) -> Json:
    """The least and the most megabytes that the page holds in ten minutes of a clock of its own."""
    with opened(browser, scene, Answers({"/api/live": Passing(30)}), FASTER) as page:
        cdp = page.context.new_cdp_session(page)
        held: list[float] = []
        page.wait_for_function(f"() => __updates.length > {HEAP_FROM_POLLS}", timeout=PATIENCE_MS)
        for _ in range(HEAP_LOOKS):
            page.wait_for_timeout(HEAP_S / TIMES / HEAP_LOOKS * 1000)
            held.append(held_mb(cdp))
        polls = page.evaluate("__updates.length")
    return {"from_mb": min(held), "to_mb": max(held), "polls": polls}


def held_mb(cdp: CDPSession) -> float:
    for _ in range(3):
        cdp.send("HeapProfiler.collectGarbage")
    return float(cdp.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def plot(browser: Browser, scene: Scene) -> Json:
    """Milliseconds of drawing 1,440 points and as many of the period before."""
    today = datetime.now(tz=UTC).date()

    def figures(request: Any) -> Json:
        query = parse_qs(urlsplit(request.url).query)
        last = today if query["to"][0] >= today.isoformat() else today - timedelta(POINTS_DAYS)
        first = last - timedelta(POINTS_DAYS - 1)
        return told.figures(first.isoformat(), last.isoformat(), "hour")

    answers = Answers({"/api/live": Live(30), "/api/figures": figures})
    with opened(browser, scene, answers) as page:
        go(page, "figures")
        page.get_by_label("Period").select_option("0,hour")
        page.wait_for_function("() => window.__plot?.ended")
        took = []
        for name in ("Gave up", "Waited", "Lasted", "Gave up", "Waited", "Lasted"):
            page.get_by_role("button", name=name, exact=True).click()
            page.wait_for_timeout(400)
            took.append(page.evaluate("__plot.ended - __plot.began"))
        points = page.get_by_role("img", name="values; the table has them").first
        return {"median": statistics.median(took), "label": points.get_attribute("aria-label")}


def painted(browser: Browser, scene: Scene) -> Json:
    """Milliseconds from a page's own answer, full, until it is painted."""
    full: dict[str, tuple[str, Json | Callable[[Any], Json]]] = {
        "live": ("/api/live", Live(30)),
        "needs": ("/api/needs", told.needs(100)),
        "history": ("/api/calls/search", told.found(50)),
        "campaigns": ("/api/campaigns", told.campaigns()),
        "queue": ("/api/callbacks", told.CALLBACKS),
        "calls/call-1": ("/api/calls/call-1", told.call()),
        "more/audit": ("/api/audit", told.AUDIT),
        "more/numbers": ("/api/limits", told.LIMITS),
    }
    found = {}
    with opened(browser, scene, Answers(dict(full.values()))) as page:
        for where, (path, _) in full.items():
            go(page, where)
            page.wait_for_function("path => __painted[path]?.length", arg=path)
            found[where] = page.evaluate("path => __painted[path][0]", path)
    return found


def latency(browser: Browser, scene: Scene) -> Json:
    """Milliseconds from words that leave the simulator until the page has them, thirty calls on.

    They talk for two minutes each, somebody speaking most of the time, and began one after another.
    """
    return _latency(browser, scene, TALKS, apart_ms=1_000)


def latency_hurried(browser: Browser, scene: Scene) -> Json:
    """The same of calls that are over in six seconds: four or five begin and end in each second."""
    return _latency(browser, scene, HURRIED, apart_ms=0)


def _latency(browser: Browser, scene: Scene, callers: Sequence[str], apart_ms: int) -> Json:
    with opened(browser, scene) as page:
        page.evaluate("__watch()")
        rung, settled_ms, said = 0, inf, list[Json]()
        began = time.monotonic()
        while time.monotonic() - began < LONGEST_S and len(said) < EVENTS * 3 // 2:
            on = page.locator("table.calls tbody tr:not(.gone)").count()
            for _ in range(CALLS - on):
                scene.command(ring=callers[rung % len(callers)])
                rung += 1
                page.wait_for_timeout(apart_ms)
            if settled_ms == inf:
                settled_ms = time.time() * 1000
            page.wait_for_timeout(1_500)
            words = scene.command(said="all")["said"]
            said = [one for one in words if one["atMs"] >= settled_ms]
        page.wait_for_timeout(5_000)
        seen = page.evaluate("__seen")
    return compared(said, seen) | {"calls_rung": rung}


PARTS = (first_load, updates, heap, plot, painted, latency, latency_hurried)


def main(names: list[str]) -> None:
    """Measure what is named, or all."""
    with running_scene(speed=1.0) as scene, running_chromium() as browser:
        found = {
            part.__name__: part(browser, scene)
            for part in PARTS
            if not names or part.__name__ in names
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
