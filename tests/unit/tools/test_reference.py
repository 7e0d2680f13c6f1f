"""docs/reference says what code and template say, and leaves nothing out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tools.reference import __main__ as reference
from tools.reference.markdown import first_sentence, table
from tools.reference.metrics_page import UnknownCounterError, counters

ROOT = Path(__file__).resolve().parents[3]
HOUSE = ROOT / "layers/contact_center/python/contact_center"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return dict(reference.pages())


def test_the_pages_are_what_the_code_says(pages: dict[str, str]) -> None:
    stale = [name for name, text in pages.items() if (reference.FOLDER / name).read_text() != text]
    assert stale == [], "run `make reference`"


def test_no_page_is_left_that_nobody_makes(pages: dict[str, str]) -> None:
    assert {file.name for file in reference.FOLDER.glob("*")} == set(pages)


def test_each_counter_that_is_written_out_is_on_the_page(pages: dict[str, str]) -> None:
    written = re.compile(r'metrics\.count\(\s*"(\w+)"')
    files = [*HOUSE.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    names = {name for file in files for name in written.findall(file.read_text())}
    assert len(names) > 100
    assert {name for name in names if f"| `{name}` |" not in pages["metrics.md"]} == set()


def test_a_counter_is_told_with_its_dimensions_and_what_it_counts(tmp_path: Path) -> None:
    _written(tmp_path, 'def f(self):\n    """Serve. Much."""\n    self._metrics.count(N, why="x")')
    (counter,) = counters(tmp_path).values()
    assert (counter.name, counter.dimensions) == ("served", {"why"})
    assert counter.said == {"room.py": "Serve."}


def test_a_counter_of_which_no_name_can_be_told_is_refused(tmp_path: Path) -> None:
    _written(tmp_path, "def f(metrics):\n    metrics.count(name_of(3))")
    with pytest.raises(UnknownCounterError, match="name_of"):
        counters(tmp_path)


def test_a_list_s_own_count_is_no_counter(tmp_path: Path) -> None:
    _written(tmp_path, 'def f(words):\n    return words.count("x")')
    assert counters(tmp_path) == {}


def _written(root: Path, code: str) -> None:
    ast.parse(code)
    house = root / "layers/contact_center/python/contact_center"
    house.mkdir(parents=True)
    (house / "room.py").write_text(f'N = "served"\n\n{code}\n')


def test_every_word_of_a_state_is_explained(pages: dict[str, str]) -> None:
    unexplained = re.findall(r"^\| `(\w+)` \|  \|$", pages["errors.md"], re.MULTILINE)
    assert set(unexplained) <= {"ringing", "busy", "no_answer"}, "a comment behind it, in the code"


def test_every_setting_route_and_alarm_is_there(pages: dict[str, str]) -> None:
    assert "| `CallLines` | `CALL_LINES` |" in pages["settings.md"]
    assert "`OPERATOR_TOKEN`" in pages["settings.md"]
    assert "| `POST /trigger/outbound` | operator |" in pages["api.md"]
    assert "| `POST /vapi/webhook` | `VapiWebhook` |" in pages["api.md"]
    assert "(../operations.md#jobs-in-dead-queue)" in pages["metrics.md"]
    assert "| `ReceptionJobs` | `Receptionist` |" in pages["events.md"]


def test_the_readme_counts_what_costs_while_nobody_calls() -> None:
    written = (ROOT / "template.yaml").read_text(encoding="utf-8")
    alarms = written.count("Type: AWS::CloudWatch::Alarm")
    secrets = written.count("Type: AWS::SecretsManager::Secret")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{alarms} alarms at 0.10, {secrets} secrets at 0.40" in readme


def test_a_cell_cannot_break_its_table() -> None:
    assert table(("a",), [("x|y\nz",)]).splitlines()[-1] == r"| x\|y z |"


def test_the_first_sentence_of_a_docstring() -> None:
    assert (
        first_sentence("Serve the next\n    caller. Then rest.\n\nMore.")
        == "Serve the next caller."
    )
    assert first_sentence(None) == ""
