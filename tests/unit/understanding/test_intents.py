"""The intent classifier on what callers say: the committed model, rules and all."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.understanding.adapters.intent_model_file import load_intent_model
from contact_center.understanding.domain.intent_text import correction, denial, pieces, terms, words
from tests.unit.conversations.histories import POLICY

CONFIG = Path(__file__).parents[3] / "layers/contact_center/python/contact_center/config"
DEV = Path(__file__).parents[4] / "shared/utterances/dev.csv"
MODEL = load_intent_model(POLICY.route_confidence)
KEYS = [
    department["key"]
    for department in tomllib.loads((CONFIG / "departments.toml").read_text())["departments"]
]


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        # The tutorial gets all ten wrong (its defects, row K1).
        ("this is not about billing, I want to buy", "sales"),
        ("charged twice, refund", "billing"),
        ("I'd like pricing", "sales"),
        ("facturación", "billing"),
        ("the payment went through fine but the app is broken", "support"),
        ("I want to cancel my contract", "retention"),
        ("my router keeps rebooting", "support"),
        ("how much is the family plan", "sales"),
        ("I don't want to cancel, I want to pay", "billing"),
        ("person, please", "person"),
    ],
)
def test_k1_ten_phrases_that_the_tutorial_gets_wrong(said: str, intent: str) -> None:
    assert MODEL.hear(said).intent == intent


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("billing, wait, actually technical support", "support"),
        ("billing no sorry I mean sales", "sales"),
        ("I want to buy, no wait, I need to cancel my subscription", "retention"),
        ("technical support... uh, scratch that, my invoice is wrong", "billing"),
    ],
)
def test_a_correction_wins(said: str, intent: str) -> None:
    assert MODEL.hear(said).intent == intent


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("I'm not calling about a payment, my internet is down", "support"),
        ("I don't want to cancel I just want it fixed it keeps crashing", "support"),
        ("no I don't want an upgrade I want to cancel my account", "retention"),
        ("it's not my bill, I can't log in", "support"),
        ("I'm not interested in buying anything, you overcharged me", "billing"),
        ("I want a refund instead of a new subscription", "billing"),
        ("I don't want this subscription anymore", "retention"),
        ("my internet is not working", "support"),
        ("I don't want to cancel", None),
        ("not billing", None),
    ],
)
def test_what_is_denied_does_not_count(said: str, intent: str | None) -> None:
    assert MODEL.hear(said).intent == intent


@pytest.mark.parametrize(
    "said",
    [
        "I don't want to talk to a machine",
        "get me a human",
        "operator",
        "representative",
        "agent agent agent",
        "can someone call me",
        "can I speak to a manager",
        "I want to cancel everything, let me talk to a real person",
        "put me through to someone about my bill please",
        "no more bots please",
        "hi um could you just transfer me to an agent",
        "is there anybody there I can talk to",
        "customer service",
        "persona",
        "quiero hablar con una persona",
    ],
)
def test_a_person_always_wins(said: str) -> None:
    hearing = MODEL.hear(said)
    assert (hearing.intent, hearing.wants_person) == ("person", True)


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("someone charged my card", "billing"),
        ("a person at your store told me I would get my money back", "billing"),
        ("I don't need a person, just cancel my subscription", "retention"),
        ("my insurance agent sold me the wrong policy and you billed me twice for it", "billing"),
        ("I can't get my virtual card to work", "support"),
    ],
)
def test_people_who_are_not_asked_for(said: str, intent: str) -> None:
    hearing = MODEL.hear(said)
    assert (hearing.intent, hearing.wants_person) == (intent, False)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "   ",
        "um",
        "hello",
        "yes",
        "account",
        "help",
        "I have a question",
        "我要投诉",
        "🙂",
        "0",
    ],
)
def test_what_is_vague_is_not_acted_on(said: str) -> None:
    assert MODEL.hear(said).intent is None


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("cancelar", "retention"),
        ("facturacion", "billing"),
        ("no funciona", "support"),
        ("kündigen", "retention"),
        ("quiero comprar", "sales"),
    ],
)
def test_common_words_of_other_languages(said: str, intent: str) -> None:
    assert MODEL.hear(said).intent == intent


def test_a_partial_is_not_what_the_final_says() -> None:
    assert MODEL.hear("billing").intent == "billing"
    assert MODEL.hear("billy joel tickets").intent != "billing"


def test_the_same_words_get_the_same_answer_in_any_spelling() -> None:
    assert MODEL.hear("I can't log in!") == MODEL.hear("i cant log in")
    assert MODEL.hear("I\u2019d like a refund") == MODEL.hear("Id like a refund")


@given(st.text(max_size=400))
def test_no_text_makes_it_fail(said: str) -> None:
    hearing = MODEL.hear(said)
    assert 0 <= hearing.confidence <= 1
    assert hearing.intent in (*KEYS, "person", None)
    assert hearing.wants_person == (hearing.intent == "person")


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "i",
                    "do",
                    "not",
                    "want",
                    "to",
                    "cancel",
                    "pay",
                    "my",
                    "bill",
                    "wait",
                    "actually",
                    "no",
                ),
                *(
                    "sorry",
                    "speak to",
                    "a",
                    "person",
                    "agent",
                    "customer service",
                    "someone",
                    ",",
                    ".",
                ),
                *("about", "billing", "refund", "instead of", "call me back", "robot", "get me"),
                *("qq", "pp", "zz"),  # marks of ours, and words of a caller's
            ]
        ),
        max_size=60,
    )
)
def test_no_sentence_of_its_own_words_makes_it_fail(said: list[str]) -> None:
    hearing = MODEL.hear(" ".join(said))
    assert hearing.intent in (*KEYS, "person", None)


@pytest.mark.parametrize("said", ["zz", "I like ZZ Top", "a pp, a qq", "qq I need a refund zz"])
def test_a_caller_s_words_that_look_like_marks_of_ours_are_none(said: str) -> None:
    heard = MODEL.hear(said)
    assert not heard.wants_person
    assert MODEL.hear(f"{said}, let me talk to a human").wants_person


def test_a_thousand_words_take_no_longer_than_the_first_ones() -> None:
    assert len(words("customer service " * 500)) < 200
    assert MODEL.hear("customer service " * 500).wants_person


def test_words_are_taken_apart() -> None:
    assert words("I can't log-in, it's 4012!") == [
        *("i", "can", "not", "log", "in", ",", "it", "is", "0", ","),
    ]
    assert words("Résilié") == ["resilie"]
    assert terms(["pay", ",", "bill"]) == ["pay", "bill", "pay bill"]


def test_unknown_words_are_taken_apart_too() -> None:
    known = {"over", "##charge", "##d", "a"}
    assert pieces("overcharged", known) == ["over", "##charge", "##d"]
    assert pieces("xyz", known) == []
    assert pieces("a", known) == ["a"]


def test_corrections_and_denials_are_found() -> None:
    assert correction("billing wait no sales") == "sales"
    assert correction("actually sales") is None
    assert correction("i want to pay") is None
    found = denial("i do not want to cancel , i want to pay")
    assert found is not None
    assert (found.denied, found.rest) == ("cancel", "i want to pay")
    assert denial("my phone does not work") is None


def test_no_five_words_in_a_row_come_from_the_development_set() -> None:
    if not DEV.exists():
        pytest.skip("../shared is absent: nothing to compare the examples with")
    with DEV.open(encoding="utf-8", newline="") as file:
        theirs = {run for row in csv.DictReader(file) for run in _runs(row["text"])}
    lines = [
        (file.name, line)
        for file in [*CONFIG.glob("*.toml"), *CONFIG.glob("examples/*.txt")]
        for line in file.read_text(encoding="utf-8").splitlines()
        if not line.startswith("ask_person")  # what we say: nothing is learned from it
    ]
    assert len(lines) > 1000
    assert [(name, line) for name, line in lines if theirs & _runs(line)] == []


def _runs(text: str) -> set[tuple[str, ...]]:
    """Runs of five words, with apostrophes splitting words and not."""
    found: set[tuple[str, ...]] = set()
    for said in (text.lower(), re.sub("['’]", "", text.lower())):  # noqa: RUF001
        heard = re.findall(r"[^\W_]+", said)
        found |= {tuple(heard[start : start + 5]) for start in range(len(heard) - 4)}
    return found
