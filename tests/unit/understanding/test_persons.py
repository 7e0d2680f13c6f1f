"""Who asks for a person, kind by kind, and who only speaks of people or machines."""

from __future__ import annotations

import pytest

from contact_center.understanding.adapters.intent_model_file import load_intent_model
from contact_center.understanding.domain.misheard import put_right
from contact_center.understanding.domain.unfinished import says_enough
from tests.unit.conversations.histories import POLICY
from tools.asking.rules import rules_alone

MODEL = load_intent_model(POLICY.route_confidence)
# What was learned of these very sentences would hide a rule that is gone.
RULES = rules_alone(POLICY.route_confidence)


@pytest.mark.parametrize(
    "said",
    [
        # roles
        "whoever handles refunds",
        "let me have whoever is in charge over there",
        "I'd like a word with the shift manager",
        "could one of your technicians speak to me",
        # the machine
        "I'm not explaining that to a recording",
        "this robot can't help me, somebody else please",
        "anyone but this computer",
        # indirect
        "is there anybody I can speak to",
        "what do I press to get a human being",
        "do you have somebody who can explain this to me",
        "two minutes with a real human, that's all",
        # by name
        "put me through to Susan",
        "is Tom in today",
        "is Tom uh in today",
        "zero um zero",
        "I want to speak to Mrs Krzyzewski",
        "Dr Abiodun please",
        "put me through to the warehouse",
        # by habit
        "zero",
        "zero, zero, zero",
        "press zero",
        "extension four one two",
        "transfer me now please",
        # halves and errors of recognition
        "representive",
        "can I talk to a real parson",
        "opera tor",
        "I'd like to speak to a",
        "let me talk to the manger",
        "let me speak speak to to um an uh an agent about about it",
        # what a name would end is asked for when nothing follows
        "give me an operator please",
        "get me your manager's manager",
        "connect me already",
        "oh operator please",
        "escalate to a supervisor",
        "please escalate",
        "put me through",
        "I'll wait for an agent",
        "could a human take over",
        "would someone there be able to speak with me",
        "somebody talk to me please",
        "is the receptionist there",
        "is there someone else",
        "I need Mrs Lindqvist she does my account",
        "let me talk to the head of billing",
        "I'd like to speak with the person who came about the boiler",
        "don't give me the machine again",
        "I'm hanging up if I don't get a person",
        "I need to call customer service",
        "I want to speak with the person who signed my contract",
        "I need help chatting with someone",
    ],
)
def test_a_person_is_found(said: str) -> None:
    by_rules, hearing = RULES.hear(said), MODEL.hear(said)

    assert (by_rules.intent, by_rules.wants_person) == ("person", True)
    assert (hearing.intent, hearing.wants_person) == ("person", True)


@pytest.mark.parametrize(
    "said",
    [
        "I can't connect to my computer",
        "could not pay at the machine",
        "I was talking to your agent yesterday about my bill",
        "I spoke to a representative on Monday and my phone is still dead",
        "every time I speak to somebody the line drops",
        "is there a way to do it without talking to somebody",
        "don't put me through to anyone, just tell me the price",
        "I'm the manager of the shop and the card reader is broken",
        "who am I speaking to",
        "someone charged my card",
        "how much is it for two agents",
        "it's about a machine",
        "connect me to the wifi",
        "put me through to billing",
        "put me through to the repairs department",
        "my staff can't log in",
        "can you speak German",
        "zero seven nine four four two",
        "the balance shows zero",
        "please call me back later",
        "my name is Susan",
        # products and papers with a person's name
        "I'd like to order the operator headset",
        "our representative dashboard is empty",
        "I need to change the contact person on the contract",
        "are there branches where I can meet in person",
        "4 persons",
        # told of
        "whoever is in charge made a mistake on my bill",
        "an operator put a note on my file last month",
        "they transferred me to somebody who couldn't find my account",
        "every time I call you always put me through to someone new",
        "I had to talk to three people",
        "I'd like to leave feedback for the agent who helped me",
        "my lawyer will talk to you people",
        "let me get my manager",
        # denied, or asked about
        "please don't get a supervisor, it's fine",
        "I'm not asking for a manager I'm asking for my money",
        "is it true that you have to talk to a person to close an account",
        "is there a fee for talking to an agent",
        "is there another person you work for",
        "who is your supervisor",
        "how do I know if you are a real person",
        "is anyone there",
        "people call me Brad",
        "please call me Jim",
        # a complaint that asks for nobody
        "I couldn't get through to anybody last night and the power was out",
        # things that are connected, and what one is not put through to
        "it will not do the update on a computer that old",
        "it won't let me do the payment on a computer",
        "transfer me to the premium plan",
        "can somebody get on my wifi",
        "this is Robert here, I need to reset my password",
        "speak in Dutch",
        "thanks for talking",
    ],
)
def test_people_and_machines_that_are_spoken_of_are_not_asked_for(said: str) -> None:
    assert not RULES.hear(said).wants_person
    assert not MODEL.hear(said).wants_person


def test_a_department_that_is_asked_for_like_a_person_is_that_department() -> None:
    assert MODEL.hear("I need to speak to billing").intent == "billing"
    assert MODEL.hear("put me through to sales please").intent == "sales"


def test_a_thing_that_is_named_is_asked_back_and_what_is_one_department_s_own_is_not() -> None:
    assert MODEL.hear("I have a question about my dishwasher").intent is None
    assert MODEL.hear("it's about my seat").intent is None
    assert MODEL.hear("I have a question about my bill").intent == "billing"


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("rep re sent a tive please", "representative please"),
        ("superviser", "supervisor"),
        ("supervizer", "supervisor"),
        # cut into words: whatever sounds like it, of whatever pieces
        ("re present a tive please", "representative please"),
        ("a rep re sent a tiff", "a representative"),
        ("super vise her", "supervisor"),
        ("opera tour please", "operator please"),
        ("super value her", "super value her"),
        ("re send it", "re send it"),
        ("the operate", "the operate"),
        ("speak to some one", "speak to someone"),
        ("a manger scene for christmas", "a manager scene for christmas"),  # the price of it
        ("the operation was fine", "the operation was fine"),
        ("my report", "my report"),
    ],
)
def test_what_is_misheard_is_put_right(heard: str, meant: str) -> None:
    assert " ".join(put_right(heard.split())) == meant


@pytest.mark.parametrize(
    ("partial", "enough"),
    [
        ("I was charged twice for one", True),
        ("I was charged twice for one order by", False),
        ("I have a card payment that", False),
        ("can I get a", False),
        ("my bill", False),
        ("", False),
        ("...", False),
    ],
)
def test_half_a_sentence_does_not_say_enough(partial: str, *, enough: bool) -> None:
    assert says_enough(partial, POLICY.partial_words) is enough


def test_how_many_words_are_enough_is_a_setting() -> None:
    assert says_enough("cancel everything", 2)
    assert not says_enough("cancel everything", 3)


def test_below_what_the_policy_acts_from_a_guess_is_none() -> None:
    said = "the blue one for the garden is what we talked of last week"
    guess = load_intent_model(0.0).hear(said)

    assert guess.intent is not None
    assert load_intent_model(guess.confidence).hear(said) == guess
    assert load_intent_model(guess.confidence + 0.001).hear(said).intent is None


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("can somebody look at my bill", False),  # the deed, by whomever
        ("can a real person look at my bill", True),
        ("put Mister Ogunleye on", True),
        ("representif", True),
        ("who represents the landlord", False),
    ],
)
def test_narrow_rules_are_as_narrow_as_that(said: str, *, wanted: bool) -> None:
    assert MODEL.hear(said).wants_person is wanted
