"""People who are named and not asked for: each kind of near miss beside a wish that is like it."""

from __future__ import annotations

import pytest

from contact_center.understanding.adapters.intent_model_file import load_intent_model
from tests.unit.conversations.histories import POLICY
from tools.asking.rules import rules_alone

MODEL = load_intent_model(POLICY.route_confidence)
# What was learned of sentences like these would hide a rule that is gone.
RULES = rules_alone(POLICY.route_confidence)


@pytest.mark.parametrize(
    ("near", "wish"),
    [
        ("I don't want you to transfer me, only the date", "I don't want you, transfer me please"),
        ("no need to connect me to anybody", "no need to ask me more, connect me to an agent"),
        ("I'm not looking for an agent, just the address", "I'm not looking for you but an agent"),
        ("I don't think I need a person for that", "I don't think so, I need a person"),
        ("I didn't talk to a representative, I wrote", "I didn't get it, can I talk to an agent"),
        ("I won't speak to your manager about that", "I have to speak to your manager"),
        ("who needs an operator, it's one question", "she needs an operator"),
        ("before I speak to anybody I want the price", "before I speak to you I want a person"),
        ("it's easier with you than with an agent", "I'd rather talk to a human than to you"),
        ("what hours can I reach customer service", "what is that, get me customer service"),
        ("tell me when I can call customer support", "I need to call customer support"),
        (
            "a customer of mine wants to talk to a person, can your system do that",
            "I'm a customer and I want to talk to a person",
        ),
        ("our callers can't get to an operator", "a client needs to speak to your representative"),
        ("how do I put a caller through to a colleague", "how do I get through to an operator"),
        ("I can't talk to the person at the gate", "can I talk to a person with this number"),
        ("can we rent the lift with an operator", "can I order by phone with an operator"),
        ("what does a manager login cost", "I need an agent, I can't log in"),
        ("the human body poster is torn", "let a human being look at my body scan with me"),
        ("it's a person to person payment", "I need a person to explain the payment"),
        ("I want to become a representative", "I want to be connected to a representative"),
        ("please treat me like a human being", "please, I'd like a human being"),
        ("I want to thank the agent who helped me", "thanks, I want the agent who helped me"),
        ("she's the manager here and wants a quote", "she is asking for a manager"),
        ("I'm the only person on this plan", "the only thing I want is a person"),
        ("there's a person here who wants to cancel", "is there a person here who speaks Spanish"),
        ("my lawyer will speak to your lawyer", "my lawyer told me to speak to your manager"),
        ("I'll speak to my manager about the price", "I'll speak to your manager about the price"),
        ("it was nice to talk to a person last week", "it would be nice to talk to a person"),
        ("if I had wanted to speak to somebody I'd have said so", "if I may speak to somebody"),
        ("I was going to ask for a manager but it's solved", "I was told to ask for a manager"),
        ("when I asked for an agent he hung up", "when I ask for an agent I want an agent"),
        ("they promised to get someone on it", "please get someone on the phone"),
        ("they said somebody would call", "could somebody call me"),
        ("send someone to repair the roof", "send me to someone who can repair it"),
        ("get a person to cut my hair", "get a person to talk to me"),
        ("is somebody working on the mast", "is somebody working there I could talk to"),
        ("is the technician free of charge", "is the technician free to talk"),
        ("I'm not a robot, let me pay", "I don't want a robot"),
        ("I don't mind a robot", "I do mind, no robots"),
        ("stop robot calls", "I'm sick of robots"),
    ],
)
def test_who_is_named_elsewhere_is_told_from_who_is_asked_for(near: str, wish: str) -> None:
    assert not RULES.hear(near).wants_person
    assert not MODEL.hear(near).wants_person
    assert RULES.hear(wish).wants_person
    assert MODEL.hear(wish).wants_person
