"""An open console, the system it looks at, and what it is told instead of what that says."""

from __future__ import annotations

import json
import os
import tomllib
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
from playwright.sync_api import Error

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from playwright.sync_api import Page, Route, ViewportSize

PATIENCE_MS = 20_000
LOOKED_AT_MS = 50
PICTURES = os.environ.get("PICTURES")  # a folder to leave them in
POLICY = "layers/contact_center/python/contact_center/config/policy.toml"
SURE = tomllib.loads((Path(__file__).parents[2] / POLICY).read_text())["route_confidence"]
DECIDES = f"% sure, decides from {SURE * 100:.0f} %"  # as the bar of a thought is read out
LOOKS = ("light", "dark", "small")
DESK: ViewportSize = {"width": 1366, "height": 850}
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
MOST_TABS = 80
TIMES = 20  # as fast as the clock of a page that is looked at for half a minute
# A function: an expression would be evaluated in the page, whose policy forbids it.
FITS = "() => document.documentElement.scrollWidth <= innerWidth"
FOCUSED = """() => {
  const at = document.activeElement;
  const labels = [...(at?.labels ?? [])].map((one) => one.innerText);
  return [at?.innerText, at?.getAttribute("aria-label"), ...labels];
}"""
OF_COLOURS = ["color-contrast", "link-in-text-block"]
HASTY = (
    4  # times as fast: what is asked each five seconds is asked oftener than each second and a half
)
# Under a page: its clock stands still until the test moves it on.
STANDING = """
const still = Date.now();
window.__ahead = 0;
Date.now = () => still + window.__ahead;
"""
# Under a page: what it does each second or seldomer it does once.
ONCE = """
const set = window.setTimeout.bind(window);
window.setTimeout = (act, ms = 0, ...rest) => (ms < 1000 ? set(act, ms, ...rest) : 0);
"""
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


@dataclass
class Scene:
    """The local system, as tests/browser/scene.py runs it."""

    process: subprocess.Popen[str]
    url: str
    tokens: dict[str, str]

    def command(self, **told: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@dataclass
class Console:
    """An open console, and all that must not have happened on it."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def go(self, where: str) -> None:
        """Lead to a page, and wait until it is that one: others may show the same words."""
        self.page.evaluate("where => { location.hash = `#/${where}`; }", where)
        page = where.split("/", maxsplit=1)[0]
        self.page.locator(f"main:is(.{page}, .login)").wait_for()

    def shown(self, page: str) -> None:
        """Wait until a page of the menu has been told everything that it asks for."""
        self.until(
            "page => document.querySelector(`main.${page}`)"
            " && !document.querySelector('main .boot, main .skeleton')",
            arg=page,
        )

    def until(self, condition: str, arg: object = None) -> None:
        """Wait until a function says so in the page: asked now and then, for whoever asks with each
        frame has each frame drawn, which was half of what these tests took.
        """
        self.page.wait_for_function(condition, arg=arg, polling=LOOKED_AT_MS)

    def too_wide(self) -> int:
        """By how much the page is wider than its window, once a plot has followed a new width."""
        with suppress(Error):  # the figure says it
            self.until(FITS)
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def log_in(self, token: str) -> None:
        self.page.get_by_label("Token").fill(token)
        self.page.get_by_role("button", name="Log in").click()
        self.page.get_by_role("navigation", name="Pages").wait_for()

    def is_at(self, seconds: float) -> None:
        """Of a clock that stands: so long after it was opened."""
        self.page.evaluate("ms => { window.__ahead = ms; }", seconds * 1_000)

    def look_again(self) -> None:
        """As after having looked at something else: the page asks for what it shows at once."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def press(self, *keys: str) -> None:
        """On the keyboard, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, name: str) -> None:
        """Go by Tab, as whoever has no mouse does, until a control of that name has the focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            texts = [one.strip() for one in self.page.evaluate(FOCUSED) if one]
            if any(one == name or one.startswith(f"{name} ") for one in texts):
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    def choose(self, file: Path) -> None:
        """By keyboard, in the field for a file that has the focus."""
        with self.page.expect_file_chooser() as choosing:
            # The order to catch the chooser goes another way than keys: a busy page would hear of
            # it after them. Once it answers what was asked later it has heard.
            self.page.evaluate("0")
            self.press("Space")
        choosing.value.set_files(file)

    def is_asked(self, text: str) -> None:
        """A question stands there, and has the focus."""
        self.see(text)
        self.has_focus(".sure button")

    def has_focus(self, selector: str) -> None:
        """Wait until it has: keys that come sooner go elsewhere."""
        self.until("at => document.activeElement.matches(at)", arg=selector)

    @contextmanager
    def waiting_for(self, path: str) -> Iterator[list[Route]]:
        """Nothing that is asked of a path is answered meanwhile, as on a slow line; then all is."""
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        self.page.route(path, hold)
        yield held
        self.page.unroute(path)
        for route in held:
            with suppress(Error):  # the page may have lost its patience
                route.fallback()

    def see(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for(timeout=PATIENCE_MS)

    def shows(self) -> str:
        """For whoever reads why a test failed."""
        try:
            told = self.page.evaluate("[document.body.innerText, document.activeElement.outerHTML]")
        except Error as error:
            return f"{self.page.url}: {error}"
        return f"{self.page.url}\n{told[0][:3_000]}\nfocus: {told[1][:300]}\nfaults: {self.faults}"

    def wear(self, look: str) -> None:
        """From now on light, dark or as small as a telephone."""
        self.page.set_viewport_size(TELEPHONE if look == "small" else DESK)
        self.page.emulate_media(color_scheme="dark" if look == "dark" else "light")

    def picture(self, name: str) -> None:
        """Leave one in PICTURES, if that names a folder."""
        if PICTURES:
            self.page.wait_for_timeout(300)  # a plot is being drawn
            self.page.screenshot(path=Path(PICTURES) / f"{name}.png")

    def axe(self, look: str = "") -> list[str]:
        """What axe finds; in the dark by what looks at colours: nothing else is another there."""
        if not self.page.evaluate("Boolean(window.axe)"):  # pages of one document share it
            self.page.evaluate(AXE)
        only = {"runOnly": OF_COLOURS} if look == "dark" else {}
        options = {"resultTypes": ["violations"], "preload": False, **only}
        found = self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{one['id']}: {node['html'][:160]}: {node['any'][:1]}"
            for one in found["violations"]
            for node in one["nodes"][:3]
        ]
