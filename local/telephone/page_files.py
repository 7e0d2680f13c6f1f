"""The files of the telephone's page: its own, and those of the console that it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.cloud.emulator import ROOT
from local.cloud.http_server import Response

if TYPE_CHECKING:
    from pathlib import Path

OWN = ROOT / "local" / "telephone" / "page"
CONSOLE = ROOT / "functions" / "operator_api" / "console"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
POLICY = (  # the console's own (operator_api/page.py): it may do next to nothing
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),  # an edit is seen after loading the page again
)


def page_file(name: str) -> Response | None:
    """A file by its name under /telephone/, "" is the document; None when there is none."""
    folder, path = OWN, name or "telephone.html"
    if name.startswith("console/"):
        folder, path = CONSOLE, name.removeprefix("console/")
    found = _within(folder, path)
    if found is None or (name and found.suffix == ".html"):
        return None
    kind = ("content-type", TYPES[found.suffix])
    return Response(200, (kind, *HEADERS), found.read_bytes())


def _within(folder: Path, path: str) -> Path | None:
    found = (folder / path).resolve()
    inside = found.is_relative_to(folder) and found.suffix in TYPES and found.is_file()
    return found if inside else None
