"""What the documents tell a reader to do works, and what they point to is there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from fnmatch import fnmatchcase
from itertools import chain, dropwhile
from pathlib import Path

import pytest

from tests.acceptance.documented import (
    ALONE,
    ASKING,
    BESIDE_UP,
    BY_TEST,
    HIS_OWN,
    LESS,
    NEED_AN_ACCOUNT,
    OF_CI,
    ON_THE_EMULATOR,
    WITHOUT_ACCOUNT,
)
from tests.liveness import LIVENESS_SECONDS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SHELL_BLOCK = re.compile(r"^[ ]*```sh\n(.*?)^[ ]*```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
TARGET = re.compile(r"`make ([a-z][a-z-]*)")
SETTING = re.compile(r"[A-Z_]+=.*")
SECTION = re.compile(r"^(?=##+ )", re.MULTILINE)
ACCOUNT = re.compile(r"\baccounts?\b|\bcredentials\b")
CODE = re.compile(r"`[^`\n]*`")  # an expression in it may look like a link
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

# What a reader types that is not ours to test: AWS's own tools, a tunnel, the shell, an editor.
NOT_OURS = {"aws", "cloudflared", "export", "$EDITOR", "cd", "git", "curl", "kill"}


def commands(page: Path) -> list[list[str]]:
    """The commands of a page, line continuations joined, comments and settings before them gone."""
    return commands_in(page.read_text(encoding="utf-8"))


def commands_in(text: str) -> list[list[str]]:
    """The same, of a part of one."""
    blocks = SHELL_BLOCK.findall(text)
    lines = chain.from_iterable(block.replace("\\\n", " ").splitlines() for block in blocks)
    parts = chain.from_iterable(line.split("&&") for line in lines)
    read = (shlex.split(part, comments=True) for part in parts)
    typed = (list(dropwhile(SETTING.fullmatch, words)) for words in read)
    return [words for words in typed if words]


def slug(heading: str) -> str:
    """A heading's anchor as code hosts make it."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.strip().replace(" ", "-")


OURS = [
    pytest.param(words, id=f"{page.relative_to(ROOT)}: {' '.join(words)}")
    for page in PAGES
    for words in commands(page)
    if words[0] not in NOT_OURS and not words[0].startswith(".venvs/")
]


@pytest.mark.parametrize("words", OURS)
def test_a_command_of_the_documents_exists(words: list[str]) -> None:
    if words[0] == "make":
        ran = _run(["make", "--dry-run", *words[1:]])
    else:
        assert words[0] == ".venv/bin/python", "an unknown program: mend it or name it in NOT_OURS"
        ran = _run([sys.executable, *words[1:], "--help"])
    assert ran.returncode == 0, ran.stderr


HOUSE = ROOT / "layers/contact_center/python/contact_center"
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.[a-z]+)`")
PLACES = (ROOT, HOUSE, HOUSE / "config", ROOT / "tests")  # a file is named as seen from one of them
# An owner's example. Decisions are dated: what they name may have moved.
ELSEWHERE = re.compile(r"(?:assistants|examples)/deliveries\.")


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if "decisions" not in page.parts],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_a_file_that_a_document_names_is_there(page: Path) -> None:
    named = FILE.findall(page.read_text(encoding="utf-8"))
    missing = [
        name
        for name in named
        if not any((place / name).exists() for place in PLACES) and not ELSEWHERE.match(name)
    ]
    assert missing == []


def test_every_file_of_the_configuration_is_in_the_owner_s_table() -> None:
    table = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    files = [file.name for file in sorted((HOUSE / "config").glob("*.toml"))]
    assert files
    assert [name for name in files if f"\n| `{name}` |" not in table] == []


LINES = [
    pytest.param(page, " ".join(words), id=f"{page.relative_to(ROOT)}: {' '.join(words)}")
    for page in PAGES
    for words in commands(page)
]
TABLES = (ALONE, BESIDE_UP, LESS, BY_TEST, OF_CI, NEED_AN_ACCOUNT, HIS_OWN)


def held_by(page: Path, line: str) -> list[str]:
    """What says how a line of a page is known to work."""
    if "$API/" in line or "$LINK" in line:
        return [ASKING[page.name]] if page.name in ASKING else []
    return [one for table in TABLES for one in table if fnmatchcase(line, one)]


@pytest.mark.parametrize(("page", "line"), LINES)
def test_a_command_is_run_by_a_test_or_needs_an_account(page: Path, line: str) -> None:
    [one] = held_by(page, line)
    if one in NEED_AN_ACCOUNT:
        assert any(ACCOUNT.search(part) for part in parts_with(page, line)), "says nothing of it"


def parts_with(page: Path, line: str) -> list[str]:
    """The sections of a page that have a line, whole."""
    parts = SECTION.split(page.read_text(encoding="utf-8"))
    return [part for part in parts if line in map(" ".join, commands_in(part))]


def test_what_is_said_to_run_commands_is_there_and_no_command_is_gone() -> None:
    found = {one for param in LINES for one in held_by(*param.values)}  # type: ignore[arg-type]
    assert found >= {one for table in TABLES for one in table}
    assert {*WITHOUT_ACCOUNT, *ON_THE_EMULATOR} <= set(NEED_AN_ACCOUNT)
    assert [one for one in NEED_AN_ACCOUNT if one.startswith("make ") and not is_held(one)] == []
    named = (*BY_TEST.values(), *ASKING.values(), *ON_THE_EMULATOR.values())
    assert [one for one in named if not (ROOT / one).exists()] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [checked] = re.findall(r"^check: (.*?) ##", makefile, re.MULTILINE)
    assert set(OF_CI.values()) <= {"check", *checked.split()}


def is_held(line: str) -> bool:
    """Whether a command that needs an account is tried without one all the same."""
    return line in WITHOUT_ACCOUNT or line in ON_THE_EMULATOR


def test_the_documents_have_commands() -> None:
    assert len(OURS) > 10


def test_a_target_that_is_named_in_a_sentence_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    there = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    said = {(page, name) for page in PAGES for name in TARGET.findall(page.read_text("utf-8"))}
    assert len(said) > 50
    assert [one for one in said if one[1] not in there] == []


def test_make_alone_lists_what_the_readme_names() -> None:
    listed = _run(["make"]).stdout
    named = {words[1] for words in commands(ROOT / "README.md") if words[0] == "make"}
    assert named
    assert all(f"make {target} " in listed for target in named)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    shown = CODE.sub("", page.read_text(encoding="utf-8"))
    for path, anchor in LINK.findall(shown):
        target = (page.parent / path) if path else page
        assert target.exists(), path
        if anchor:
            headings = HEADING.findall(target.read_text(encoding="utf-8"))
            assert anchor in {slug(heading) for heading in headings}, f"{path}#{anchor}"


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'layers/contact_center/python'}:{ROOT / 'functions'}",
    }
    return subprocess.run(  # noqa: S603 - the words are our own documents'
        words,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIVENESS_SECONDS,
        check=False,
    )
