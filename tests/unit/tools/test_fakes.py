"""Every fake is held to its adapter by a contract test, or keeps nothing that could differ."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]

# What keeps nothing but what a test reads, and answers what a test tells it.
TOLD = {
    "AtOnce": "does each thing at once",
    "FakeBoard": "notes what it was told; SNS keeps nothing that we read",
    "FakeCallControl": "answers with outcomes in turn; who sends is held in contract/vapi",
    "FakeCallReports": "answers with the reports it was given; Vapi's are in contract/vapi",
    "FakeClassifier": "hears what it was told to",
    "FakeConnection": "a part of FakeVoice",
    "FakeLegPrices": "answers with the prices it was given; Twilio's are in contract/twilio",
    "FakeMarkKey": "answers with the key it was given",
    "FakePins": "answers with the PINs it was given",
    "FakeSnapshots": "answers with one script; what is kept is held with the campaign stores",
    "FakeSource": "plays the recording it was given; Vapi's links are in contract/vapi",
    "FakeTalks": "answers with the talks it was given",
    "FakeTelephone": "notes what it was asked to do; Twilio's requests are in contract/twilio",
    "FakeVisitNews": "notes what it was told",
    "NobodyForgotten": "an empty table",
    "OneLane": "does one thing after the other",
    "QueueTelephone": "as FakeTelephone, for who waits",
}
# What is no port of ours: other people's servers and clocks.
PEERS = {"ControlServer", "FakeClock"}


def fakes() -> dict[str, Path]:
    return {
        made.name: path
        for path in sorted((TESTS / "fakes").glob("*.py"))
        for made in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(made, ast.ClassDef) and not made.name.startswith("_")
    }


def held() -> set[str]:
    """Every word of the contract tests."""
    files = (TESTS / "contract").rglob("*.py")
    return {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}


def test_each_is_in_a_contract_test_or_keeps_nothing() -> None:
    words = held()
    loose = [name for name in fakes() if name not in words and name not in {*TOLD, *PEERS}]

    assert loose == [], "hold it to its adapter by a test that runs on both"


@pytest.mark.parametrize("name", [*TOLD, *PEERS])
def test_what_is_let_off_is_there(name: str) -> None:
    assert name in fakes()
