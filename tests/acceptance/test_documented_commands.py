"""What the documents tell a reader to type is typed here, in a copy of the repository."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.documented import ALONE, BESIDE_UP, LESS, WITHOUT_ACCOUNT
from tests.functional.test_docs import PAGES, commands
from tests.liveness import LIVENESS_SECONDS
from tests.planted.__main__ import copied

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

pytestmark = [pytest.mark.emulator, pytest.mark.long]

TYPED = {" ".join(words): words for page in PAGES for words in commands(page)}
AROUND = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": "layers/contact_center/python",  # as the pages say
    "PORT": "0",
    "AWS_EC2_METADATA_DISABLED": "true",
}
PINS = {"ada": "4711"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository as it comes, and what the pages say a reader has written."""
    made = copied(tmp_path_factory.mktemp("documented") / "main")
    (made / "pins.json").write_text(json.dumps(PINS), encoding="utf-8")
    run(made, ["git", "init", "-q"])
    run(made, ["git", "add", "."])
    return made


def run(place: Path, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the words are our own documents'
        words,
        cwd=place,
        env=AROUND | {"HOME": str(place)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIVENESS_SECONDS,
        check=False,
    )


def typed(pattern: str) -> list[list[str]]:
    return [words for line, words in TYPED.items() if fnmatchcase(line, pattern)]


ONES = [
    pytest.param(words, *expected, id=shlex.join(words))
    for pattern, expected in ALONE.items()
    for words in typed(pattern)
] + [pytest.param(shlex.split(line), 0, told, id=line) for line, told in LESS.values()]


@pytest.mark.parametrize(("words", "status", "told"), ONES)
def test_a_command_does_what_its_page_says(
    place: Path, words: list[str], status: int, told: str
) -> None:
    ran = run(place, words)
    assert ran.returncode == status, ran.stdout[-2_000:]
    assert told in ran.stdout


@pytest.mark.parametrize(("pattern", "told"), WITHOUT_ACCOUNT.items())
def test_what_needs_an_account_says_so_and_begins_nothing(
    place: Path, pattern: str, told: str
) -> None:
    for words in typed(pattern):
        ran = run(place, words)
        assert ran.returncode == 2, ran.stdout[-2_000:]
        assert told in ran.stdout


@contextmanager
def up(place: Path) -> Iterator[None]:
    """`make up`, until it is ready, and stopped after."""
    with subprocess.Popen(
        ["make", "up"],  # noqa: S607 - whatever make there is
        cwd=place,
        env=AROUND | {"HOME": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        ready = json.loads(next(line for line in process.stdout if line.startswith("{")))
        try:
            yield
        finally:
            os.kill(ready["pid"], signal.SIGTERM)


def test_beside_what_runs_here_a_reader_provisions_asks_the_doctor_and_learns(place: Path) -> None:
    with up(place):
        for pattern, (status, told) in BESIDE_UP.items():
            for words in typed(pattern):
                agreed = ["YES=1"] if words[:2] == ["make", "provision"] else []
                ran = run(place, [*words, *agreed])
                assert ran.returncode == status, (words, ran.stdout[-2_000:])
                assert told in ran.stdout, words
