"""A plugin of pytest: which test needs which word of which policy.

    pytest -p tests.permissions.recording --needed FILE tests/functional

With `--taken FILE`, a table of words and their tests, each of its tests runs once as it is, when it
has to pass, and once without each of its words, when it has to fail.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _pytest.runner import runtestprotocol

from tests.permissions.gate import GATE
from tests.permissions.roles import Word, roles

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--needed", help="where to write the tests that need each word")
    parser.addoption("--taken", help="a table of words, each taken away from its test")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    file = config.getoption("--taken")
    if file:
        wanted = set(json.loads(Path(file).read_text()).values())
        items[:] = [item for item in items if item.nodeid in wanted]


def pytest_runtest_setup(item: pytest.Item) -> None:
    GATE.test = item.nodeid


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    file = item.config.getoption("--taken")
    if not file:
        return None
    table: dict[str, str] = json.loads(Path(file).read_text())
    words = {str(word): word for role in roles().values() for one in role for word in one.words()}
    taken: list[Word | None] = [None]
    taken += [words[told] for told, test in table.items() if test == item.nodeid and told in words]
    for number, word in enumerate(taken):
        GATE.without = word
        _once(item, nextitem if number == len(taken) - 1 else item, word)
    GATE.without = None
    return True


def _once(item: Any, nextitem: pytest.Item | None, word: Word | None) -> None:
    item._initrequest()  # the fixtures anew, as pytest-rerunfailures does
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    failed = [report for report in reports if report.failed]
    itself = any(report.when == "call" for report in failed)
    outcome = "itself" if itself else "refused" if failed else "passed"
    OUTCOMES.append((None if word is None else str(word), item.nodeid, outcome))


OUTCOMES: list[tuple[str | None, str, str]] = []
SECONDS: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.passed:
        SECONDS[report.nodeid] = SECONDS.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if config.getoption("--taken"):
        Path(f"{config.getoption('--taken')}.outcomes").write_text(json.dumps(OUTCOMES))
    if config.getoption("--needed"):
        told = {
            "held": {str(word): sorted(tests) for word, tests in GATE.held.items()},
            "seconds": SECONDS,
        }
        Path(config.getoption("--needed")).write_text(json.dumps(told))
