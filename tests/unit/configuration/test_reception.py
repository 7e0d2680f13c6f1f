"""reception.toml: what an owner is told when it is wrong, and what callers hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.configuration.tables import ConfigError
from contact_center.visits.domain.courtesies import (
    AFTER_NUMBER,
    Courtesies,
    take_message,
)
from contact_center.visits.domain.instructions import (
    HangUp,
    RingNumber,
    Speak,
)
from contact_center.visits.domain.opening_hours import Closing, WhenClosed
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import compile_config, main

if TYPE_CHECKING:
    from pathlib import Path

OURS = "+14155550100"
THEIRS = "+13105550101"
TEXTS = """
[texts]
failed = "broke"
leave_message = "after the tone"
message_taken = "taken"
call_again = "again"
goodbye = "bye"
not_here = "not here"
"""
NOBODY = '[nobody_free]\naction = "message"\nsay = "nobody at {{companyName}}"\n'
VOICEMAIL = 'action = "voicemail"\nsay = "leave it"\n'
NUMBER = f'action = "number"\nnumber = "{THEIRS}"\nsay = "one moment"\n'


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


def mistakes_of(owner: OwnerFolder) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    return list(caught.value.mistakes)


def courtesies_of(owner: OwnerFolder, *parts: str) -> Courtesies:
    owner.write("reception.toml", "\n".join([*parts, TEXTS]))
    assert main(["--config", str(owner.path)]) == 0
    return load_contact_center(owner.compiled).reception


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (
            ['[nobody_free]\naction = "callback"\nsay = "x"\n'],
            "nobody_free.action: must be message, voicemail or number",
        ),
        (
            ['[nobody_free]\naction = "number"\nsay = "x"\n'],
            'nobody_free: number and action = "number" go together',
        ),
        (
            [f'[nobody_free]\naction = "message"\nnumber = "{THEIRS}"\nsay = "x"\n'],
            'nobody_free: number and action = "number" go together',
        ),
        (
            ['[nobody_free]\naction = "message"\nsay = "{{resumeNote}}"\n'],
            (
                "nobody_free.say: {{resumeNote}} is not known here; companyName, departmentNames,"
                " hours are"
            ),
        ),
        (
            [NOBODY, f"[departments.nowhere]\n{VOICEMAIL}"],
            (
                "departments.nowhere: no department has that key; there are billing, retention,"
                " sales, support"
            ),
        ),
        (
            [f'[nobody_free]\naction = "message"\nsay = "{"x" * 1_001}"\n'],
            "nobody_free.say: string should have at most 1000 characters",
        ),
        ([NOBODY, "[queue]\n"], "queue: is not a key of this table"),
    ],
)
def test_what_is_wrong_is_named_with_file_key_and_rule(
    owner: OwnerFolder, parts: list[str], line: str
) -> None:
    owner.write("reception.toml", "\n".join([*parts, TEXTS]))
    assert mistakes_of(owner) == [f"reception.toml: {line}"]


def test_a_missing_file_is_named(owner: OwnerFolder) -> None:
    (owner.path / "reception.toml").unlink()
    assert mistakes_of(owner) == ["reception.toml: the file is missing"]


def test_what_a_caller_hears_whom_nobody_can_take(owner: OwnerFolder) -> None:
    courtesies = courtesies_of(
        owner, NOBODY, f"[departments.billing]\n{VOICEMAIL}", f"[departments.sales]\n{NUMBER}"
    )
    assert courtesies.nobody("support", OURS) == (
        Speak("nobody at Acme"),
        Speak("again"),
        HangUp(),
    )
    message = take_message()
    assert courtesies.nobody("billing", OURS) == (Speak("leave it"), message)
    ring = RingNumber(number=THEIRS, caller_id=OURS, ring_seconds=25, after=AFTER_NUMBER)
    assert courtesies.nobody("sales", OURS) == (Speak("one moment"), ring)


def test_what_a_caller_hears_when_something_broke(owner: OwnerFolder) -> None:
    courtesies = courtesies_of(
        owner, NOBODY, f"[departments.billing]\n{VOICEMAIL}", f"[departments.sales]\n{NUMBER}"
    )
    message = take_message()
    assert courtesies.sorry("support", OURS) == (Speak("broke"), Speak("again"), HangUp())
    assert courtesies.sorry("billing", OURS) == (Speak("broke"), Speak("after the tone"), message)
    assert courtesies.sorry("sales", OURS)[:1] == (Speak("broke"),)
    assert isinstance(courtesies.sorry("sales", OURS)[-1], RingNumber)


@pytest.mark.parametrize("action", [WhenClosed.VOICEMAIL, WhenClosed.CALLBACK])
def test_while_closed_a_message_is_taken_where_nobody_calls_back_yet(
    owner: OwnerFolder, action: WhenClosed
) -> None:
    courtesies = courtesies_of(owner, NOBODY)
    closing = Closing(action=action, say="closed")
    message = take_message()
    assert courtesies.closed(closing, OURS) == (Speak("closed"), message)
