"""A name that a document writes as code is one of the code: settings, counters, fields, parts."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.functional.operator_api.openapi_document import operations

ROOT = Path(__file__).parents[2]
DATED = {"decisions"}  # what they name may have gone
OTHERS = {"sources.md"}  # names of others' documents
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(
        page
        for page in (ROOT / "docs").rglob("*.md")
        if not DATED & set(page.parts) and page.name not in OTHERS
    ),
]
FOLDERS = ("functions", "layers", "local", "tests", "tools")
FILES = ("Makefile", "template.yaml", ".env.example")
KINDS = {".py", ".js", ".json", ".toml"}
NAME = re.compile(
    r"`\$?("
    r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"  # settings, and variables of a shell
    r"|[A-Z][a-z]+(?:[A-Z][a-z0-9]+)+"  # parameters, resources, kinds of facts
    r"|[a-z]+(?:_[a-z0-9]+)+"  # counters, keys of the configuration
    r"|[a-z]+(?:[A-Z][a-z0-9]+)+"  # fields of the API
    r")(?:=[^`]*)?`"
)
EXAMPLES = {"lease_seconds"}
IDS = re.compile(r"\{[^}]*\}")


@cache
def words() -> frozenset[str]:
    """All words of the code that is not a test of a document."""
    files = [ROOT / name for name in FILES]
    for folder in FOLDERS:
        files += [file for file in (ROOT / folder).rglob("*") if file.suffix in KINDS]
    texts = (
        file.read_text(encoding="utf-8")
        for file in files
        if not file.is_relative_to(ROOT / "tests/unit/tools") and file != Path(__file__)
    )
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_name_in_a_page_is_in_the_code(page: Path) -> None:
    named = set(NAME.findall(page.read_text(encoding="utf-8"))) - EXAMPLES
    assert sorted(named - words()) == []


ROUTE = re.compile(
    r"\b(GET|POST|PUT|DELETE|PATCH) (/(?:api|trigger|console|health)(?:[\w/{}-]|\.\w)*)"
)


def routes(text: str) -> set[tuple[str, str]]:
    """Method and path of each route that a page names, whatever its ids are called there."""
    return {(method, IDS.sub("{}", path)) for method, path in ROUTE.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_route_in_a_page_is_one_of_the_api(page: Path) -> None:
    known = {(method.upper(), IDS.sub("{}", path)) for method, path, _ in operations()}
    assert routes(page.read_text(encoding="utf-8")) - known == set()


SAID = re.compile(r"`([a-z]+(?: [a-z]+)+) ?…?`")  # what a log has, or the API says
LOGGED_BY = ("functions", "layers")
JOBS = {"job", "list job", "effect hint", "reception job"}  # with why behind it, of each of these
WHY = {"unreadable", "unavailable", "broken"}


def test_what_runbooks_have_looked_for_is_what_is_logged() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    files = (file for folder in LOGGED_BY for file in (ROOT / folder).rglob("*.py"))
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    said = {one for one in SAID.findall(page) if not one.startswith(("make ", "aws "))}
    jobs = {one for one in said if one.rpartition(" ")[0] in JOBS and one.split()[-1] in WHY}
    assert len(said) > 15
    assert sorted(one for one in said - jobs if one not in code) == []
    assert sorted(one for one in JOBS if f"{one} " not in code) == []


# Words on a screen, in italics; a sentence in them ends with a stop.
SCREEN = re.compile(r"(?<!\*)\*([A-Z][^*\n]{0,40}[^*\n.:?])\*(?!\*)")
SCREENS = ("functions/operator_api/console", "local/telephone")
OF_OTHERS = {  # Twilio, HubSpot, Salesforce, a spreadsheet, a code host
    *("A call comes in", "Call status changes", "Primary handler fails"),
    *("Monitor, Logs, Call recordings", "Export", "Details Only", "Save as"),
    "Report a vulnerability",
}


def test_what_a_page_says_to_press_or_look_at_is_on_a_screen() -> None:
    files = (file for folder in SCREENS for file in (ROOT / folder).rglob("*"))
    shown = "\n".join(
        file.read_text(encoding="utf-8") for file in files if file.suffix in {".js", ".html"}
    )
    said = {word for page in PAGES for word in SCREEN.findall(page.read_text(encoding="utf-8"))}
    assert len(said) > 20
    assert sorted(word for word in said - OF_OTHERS if word not in shown) == []


def test_names_are_found_and_one_that_there_is_not_is_seen() -> None:
    page = "`CALL_LINES=10`, `CallLines`, `hint_unsent`, `waitsFor` and `MOST_UNLIKELY`"
    assert set(NAME.findall(page)) - words() == {"MOST_UNLIKELY"}
