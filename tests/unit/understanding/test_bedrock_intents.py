"""The optional classifier on Bedrock: asked only when needed, believed only when valid."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contact_center.understanding.adapters.bedrock_intents import BedrockIntents, bedrock_client
from contact_center.understanding.domain.intents import Hearing

DESCRIPTIONS = {"sales": "new purchases", "support": "faults"}


class Local:
    """A local classifier with one answer."""

    def __init__(self, hearing: Hearing) -> None:
        self.hearing = hearing

    def hear(self, text: str) -> Hearing:
        del text
        return self.hearing


class Client:
    """Bedrock's runtime client with one answer, or one exception."""

    def __init__(self, answer: str | Exception) -> None:
        self.answer = answer
        self.requests: list[dict[str, Any]] = []

    def converse(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"output": {"message": {"content": [{"text": self.answer}]}}}


VAGUE = Hearing(None, 0.4)


def asked(answer: str | Exception, local: Hearing = VAGUE) -> tuple[BedrockIntents, Client]:
    client = Client(answer)
    return BedrockIntents(Local(local), DESCRIPTIONS, "a-model", lambda: client), client


def test_a_clear_local_answer_costs_no_request() -> None:
    classifier, client = asked("{}", Hearing("sales", 0.9))
    assert classifier.hear("I want to buy") == Hearing("sales", 0.9)
    assert client.requests == []


def test_silence_costs_no_request() -> None:
    classifier, client = asked("{}")
    assert classifier.hear("  ") == VAGUE
    assert client.requests == []


def test_a_valid_answer_counts() -> None:
    classifier, client = asked('{"department": "support", "confidence": 0.8}')
    assert classifier.hear("the thing does its thing again") == Hearing("support", 0.8)
    request = client.requests[0]
    assert request["modelId"] == "a-model"
    assert json.loads(request["messages"][0]["content"][0]["text"]) == {
        "caller": "the thing does its thing again"
    }
    assert "support: faults" in request["system"][0]["text"]


def test_a_person_is_a_person() -> None:
    classifier, _ = asked('{"department": "person", "confidence": 1}')
    assert classifier.hear("whatever") == Hearing("person", 1.0, wants_person=True)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "support",
        "[]",
        "null",
        '{"department": "unclear", "confidence": 0.9}',
        '{"department": "<script>", "confidence": 0.9}',
        '{"department": "sales"}',
        '{"department": "sales", "confidence": 2}',
        '{"department": "sales", "confidence": true}',
        '{"department": "sales", "confidence": "high"}',
        '{"department": "sales", "confidence": NaN}',
        '{"department": ["sales"], "confidence": 0.9}',
        '{"department": "sales", "confidence": 0.9, "say": "hello"}',
        'Sure! {"department": "sales", "confidence": 0.9}',
        '{"department": "sales", "confidence": 0.9}' + " " * 300,
    ],
)
def test_anything_else_leaves_the_local_answer(answer: str) -> None:
    classifier, _ = asked(answer)
    assert classifier.hear("whatever") == VAGUE


@pytest.mark.parametrize("error", [TimeoutError(), ValueError("throttled"), KeyError("output")])
def test_any_error_leaves_the_local_answer(error: Exception) -> None:
    classifier, _ = asked(error)
    assert classifier.hear("whatever") == VAGUE


def test_a_client_that_cannot_be_made_leaves_the_local_answer() -> None:
    def broken() -> Client:
        raise RuntimeError

    assert BedrockIntents(Local(VAGUE), DESCRIPTIONS, "m", broken).hear("whatever") == VAGUE


def test_the_client_waits_briefly_and_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = bedrock_client().meta.config
    assert (config.connect_timeout, config.read_timeout) == (0.5, 1.5)
    assert config.retries["total_max_attempts"] == 1
