"""What a recogniser writes for noise, and questions of what we are, send nobody anywhere."""

from __future__ import annotations

import pytest

from contact_center.understanding.adapters.intent_model_file import load_intent_model
from contact_center.understanding.domain.intents import UNHEARD
from tests.unit.conversations.histories import POLICY

MODEL = load_intent_model(POLICY.route_confidence)


@pytest.mark.parametrize(
    "text",
    [
        "Subtitles by the Amara.org community",
        "Transcribed by https://otter.ai",
        "Captions provided by the network",
        "Thank you for watching!",
        "Thanks so much for watching, see you next time.",
        "Please subscribe to my channel.",
        "Like and subscribe!",
        "A.",
        "b",
        "ab",
        "Uh, um.",
        "The the the.",
        "ha ha ha",
        "Beep.",
        "foreign",
        "Ring, ring.",
        "The End.",
        "*coughs*",
        "*sighs*",
        "[BLANK_AUDIO]",
        "(buzzing)",
        "♪ money money money ♪",
        "testing one two three",
        "Test, test. One, two.",
        "...",
        "",
    ],
)
def test_noise_is_heard_as_nothing(text: str) -> None:
    assert MODEL.hear(text) == UNHEARD


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("*coughs* I was charged twice (sighs)", "billing"),
        ("um, I was charged twice", "billing"),
        ("thank you, I want to cancel my subscription", "retention"),
        ("there is no dial tone", "support"),
        ("my microphone is not working", "support"),
        ("I watched a movie and was charged twice for it", "billing"),
        ("[inaudible] get me a human", "person"),
    ],
)
def test_what_was_said_beside_noise_is_heard(text: str, intent: str) -> None:
    assert MODEL.hear(text).intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "Are you a real person?",
        "Are you human?",
        "Are you an AI?",
        "Is this a robot?",
        "Is this a recording?",
        "Is this an automated call?",
        "Hold on, is this a real human being?",
        "Am I talking to a real person?",
        "Tell me if you are a human",
        "What are you, a bot or a human?",
        "Am I speaking with a machine or a human?",
        "I think I'm talking to a robot.",
        "You sound like a robot.",
        "You're a robot, aren't you?",
        "This is a robot, right?",
        "Who is this? Is this a real person?",
        "Am I talking to a human being right now?",
        "Wait, is this a robot calling me?",
        "Is this a real person I'm talking to?",
        "You're not a real person, are you?",
    ],
)
def test_whoever_asks_what_we_are_asks_for_nobody(text: str) -> None:
    assert MODEL.hear(text) == UNHEARD


@pytest.mark.parametrize(
    "text",
    [
        "Are you a machine? Get me somebody.",
        "are you a robot i want a real one",
        "you're a machine get me somebody",
        "You sound like a robot. Can I talk to a person?",
        "Is there a real person I can talk to?",
        "I don't want to talk to a robot",
        "I want a real person, not a robot",
        "no robots please",
    ],
)
def test_whoever_asks_for_a_person_gets_one_all_the_same(text: str) -> None:
    assert MODEL.hear(text).wants_person


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Are you a robot? I was charged twice.", "billing"),
        ("Is this support?", "support"),
        ("Is this the billing department?", "billing"),
    ],
)
def test_what_is_asked_beside_it_is_heard(text: str, intent: str) -> None:
    assert MODEL.hear(text).intent == intent
