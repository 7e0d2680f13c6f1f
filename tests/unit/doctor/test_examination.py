"""Each question is asked by itself."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from contact_center.kernel.environment import SettingsError
from contact_center.provisioning.domain.objects import Kind
from contact_center.provisioning.services.provisioning_ports import NotAnsweredError, RefusedError
from tests.liveness import LIVENESS_SECONDS
from tools.doctor import examination
from tools.doctor.asked_accounts import AskedOnce
from tools.doctor.checks import Question
from tools.doctor.examination import examined
from tools.doctor.lines import State, ok, wrong

if TYPE_CHECKING:
    from contact_center.provisioning.domain.objects import Found
    from tools.doctor.lines import Finding, Line

DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "a key"}}, "DescribeAlarms")
OVER = ClientError({"Error": {"Code": "ExpiredTokenException"}}, "DescribeAlarms")
FAILURES = {
    SettingsError("PUBLIC_BASE_URL", "is required"): (
        State.WRONG,
        "PUBLIC_BASE_URL is required",
        "docs/configuration.md",
    ),
    RefusedError("Vapi refused our key"): (State.CANNOT_TELL, "refused our key", "mend the key"),
    NotAnsweredError("Vapi did not answer"): (State.CANNOT_TELL, "did not answer", "try again"),
    DENIED: (State.CANNOT_TELL, "AWS refused DescribeAlarms (AccessDenied)", "rights"),
    OVER: (State.CANNOT_TELL, "DescribeAlarms (ExpiredTokenException)", "sign in again"),
    EndpointConnectionError(endpoint_url="x"): (
        State.CANNOT_TELL,
        "EndpointConnectionError",
        "again",
    ),
    KeyError("canary of a value"): (State.CANNOT_TELL, "the question broke: KeyError at", "fault"),
    ValueError("canary"): (State.CANNOT_TELL, "ValueError", "fault of the doctor's"),
}


def fails(error: Exception) -> Finding:
    raise error


def asked(*questions: Question) -> list[Line]:
    return list(examined(questions, tuple, lambda _: None))


@pytest.mark.parametrize("error", FAILURES, ids=lambda one: type(one).__name__)
def test_one_that_breaks_says_why_and_the_next_is_asked(error: Exception) -> None:
    state, said, then = FAILURES[error]
    first = Question("a", "a", lambda: fails(error))
    broken, after = asked(first, Question("b", "b", lambda: ok("yes")))

    assert broken.finding.state is state
    assert said in broken.finding.said
    assert then in broken.finding.then
    assert "canary" not in broken.finding.said
    assert after.finding == ok("yes")


def test_keys_that_cannot_be_had_keep_nothing_from_being_asked() -> None:
    def no_keys() -> tuple[str, ...]:
        raise SettingsError("VAPI_API_KEY_NAME", "is required")

    [line] = examined([Question("a", "a", lambda: ok("yes"))], no_keys, lambda _: None)
    assert line.finding == ok("yes")


def test_what_takes_long_is_told_of_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "PATIENCE_SECONDS", 0.0)
    told, heard = Event(), []

    def progress(said: str) -> None:
        heard.append(said)
        told.set()

    def slow() -> Finding:
        assert told.wait(LIVENESS_SECONDS)
        return ok("at last")

    [line] = examined([Question("a", "the clock", slow)], tuple, progress)
    assert (heard, line.finding.said) == (["asking: the clock …"], "at last")


def test_what_is_quick_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "PATIENCE_SECONDS", LIVENESS_SECONDS)
    heard: list[str] = []
    list(examined([Question("a", "a", lambda: ok("yes"))], tuple, heard.append))
    assert heard == []


def test_a_key_that_got_into_a_line_is_not_shown() -> None:
    question = Question("a", "a", lambda: wrong("it is abcd", "not abcd"))
    [line] = examined([question], lambda: ("abcd",), lambda _: None)
    assert (line.finding.said, line.finding.then) == ("it is (a key)", "not (a key)")


class Silent:
    """An account where nobody answers."""

    def __init__(self) -> None:
        self.asked: list[Kind] = []

    def found(self, kind: Kind) -> list[Found]:
        self.asked.append(kind)
        raise NotAnsweredError("Vapi did not answer")

    def make(self, kind: Kind, body: object) -> Found:
        raise AssertionError(kind, body)

    def change(self, kind: Kind, object_id: str, body: object) -> Found:
        raise AssertionError(kind, object_id, body)


def test_where_nobody_answers_nobody_is_asked_twice_and_nothing_is_ever_written() -> None:
    silent = Silent()
    account = AskedOnce(silent)
    for kind in (Kind.NUMBER, Kind.ASSISTANT, Kind.NUMBER):
        with pytest.raises(NotAnsweredError):
            account.found(kind)
    assert silent.asked == [Kind.NUMBER]
    with pytest.raises(AssertionError, match="the doctor made"):
        account.make(Kind.NUMBER, {})
    with pytest.raises(AssertionError, match="the doctor changed"):
        account.change(Kind.NUMBER, "id", {})
