"""Who plainly asks not to be called again, and who does not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from contact_center.permission.domain.opt_out import asks_to_stop

SENTENCES = Path(__file__).parents[2] / "utterances" / "opt_outs.csv"
OFFERED = "stop calling"


def sentences(meant: str) -> list[str]:
    """What people say who mean that."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file) if row["meant"] == meant]


# The patterns were made with these two lists ...
PLAIN = (
    "stop calling",
    "Stop calling.",
    "please stop calling",
    "Yes, stop calling, please.",
    "Stop calling me",
    "stop calling me i'm not interested",
    "Could you please stop calling me?",
    "I said stop calling me!",
    "Tell your people to stop calling me",
    "You need to stop calling this number.",
    "Please quit calling my phone",
    "stop phoning us",
    "stop contacting me",
    "stop ringing me every day",
    "stop calling me about my car's warranty",
    "Stop calling me, you people are unbelievable",
    "don't call me again",
    "Don't call me anymore.",
    "Please don't call me",
    "Please do not call this number again.",
    "Do not call me ever again",
    "Never call me again",
    "Don't ever call here again",
    "please don't contact me any more",
    "Don't you ever call me again",
    "Do not contact me by phone",
    "Can you please not call me again",
    "could you not call me anymore",
    "I asked you not to call me",
    "I told you people not to call",
    "I told you guys never to call here",
    "I'd rather you didn't call me",
    "I'd appreciate it if you didn't call again.",
    "I don't want you to call me anymore",
    "I don't want you calling me",
    "I don't want anyone calling me again",
    "I don't want to be called",
    "I do not wish to be contacted again",
    "I don't want any more calls",
    "I don't want to receive these calls",
    "I don't want your calls.",
    "I don't need any more sales calls",
    "No more calls please",
    "No more calls.",
    "I never want to hear from you again",
    "I don't want to hear from you people anymore",
    "Take me off your list",
    "Please take me off the list.",
    "remove me from your calling list",
    "Remove my number from your list please",
    "Can you remove my phone number from your database?",
    "take my name off your call list",
    "get me off this list",
    "Take me out of your system",
    "put me on your do not call list",
    "Please add my number to the do-not-call list.",
    "Put us on the national do not call list",
    "I'm on the do not call list",
    "This number is on the national do-not-call registry",
    "Lose my number.",
    "unsubscribe",
    "Unsubscribe me please",
    "I want to opt out",
    "Opt me out",
    "I'd like to opt out of these calls",
    "Stop these calls",
    "please stop the calls",
    "Would you stop all these phone calls to my house",
    "Not interested, don't call me back",
    "Don't call us, we'll call you",
    "Okay, and please do not call my mobile again, thank you",
    "how do I get you to stop calling me",
    "leave me be and don't call me again",
)
OTHERWISE = (
    "Don't call me before noon",
    "please don't call me after nine",
    "Don't call me at work, call my cell",
    "don't call me today",
    "Don't call me right now, I'm driving",
    "don't call me until Monday",
    "Please don't call me again until Monday",
    "don't call me on Sundays",
    "Don't call me this week",
    "Don't call me so early",
    "don't call me in the morning",
    "Don't call me for a while",
    "Please don't call me if it's not urgent",
    "stop calling me Bob",
    "stop calling me sir",
    "don't call me stupid",
    "don't call me that",
    "Don't call me a liar",
    "I don't want to be called a liar",
    "Why did you stop calling me?",
    "Why don't you call me tomorrow",
    "why don't you call me back later",
    "You never call me back",
    "you don't call me back",
    "Nobody called me back",
    "they never call me",
    "I never call during the day",
    "I don't call customers",
    "If you don't call me back I'll complain",
    "don't stop calling me",
    "My phone won't stop ringing",
    "How do I stop calling features on my plan",
    "stop the call forwarding",
    "how do I stop these calls from my ex",
    "can I stop the payment",
    "I can't stop calling the bank",
    "stop",
    "Stop talking",
    "stop it please",
    "I'm not interested",
    "No thanks",
    "call me later",
    "Can you call me back tomorrow?",
    "call me again next week",
    "Please call me again",
    "not now",
    "I'm busy, call me another time",
    "how did you get my number",
    "who is this",
    "are you a robot",
    "I want to cancel my subscription",
    "remove my old number from my account",
    "remove the charge from my bill",
    "take that off my bill",
    "take me off hold",
    "take me off the waiting list",
    "remove me from the guest list",
    "put me on the list for the demo",
    "put me on hold",
    "unsubscribe from the newsletter",
    "I want to opt out of paperless billing",
    "opt out of the insurance",
    "I have had no more calls since then",
    "I get no more calls on that phone",
    "I don't want to hear about prices",
    "I don't want to wait",
    "I don't want calls at work",
    "don't contact me by email",
    "no more questions",
    "I don't need any more calls forwarded to me",
    "do you have a do not call list",
    "do not call it that",
    "I've lost my number",
    "Did you stop calling people?",
    "I would stop by the office",
    "you can stop calling it a demo",
    "don't call the number on my account, call this one",
    "my number is five five five",
    "never mind",
    "I'd rather you didn't send email",
    "Did you not call me yesterday?",
    "You did not call me back",
    "could you not call me earlier than ten",
    "please call my wife, don't call me at home tonight",
    "the calls stop after a minute",
    "can you stop the music",
    "Don't call unless it is ready",
    "I don't want to call again",
    "I do not want to call you every month",
    "You stopped calling",
)
# ... and these were written down afterwards, before anything was tried on them.
PLAIN_TOO = (
    "Hey, quit calling me, okay?",
    "I'm asking you nicely to stop calling",
    "would you please stop contacting me",
    "for the last time, don't call me",
    "Do not ever call this number again",
    "you guys need to stop calling my house",
    "yeah can you take me off your call list",
    "Please remove us from your marketing list.",
    "no, and please don't call back",
    "We don't want any further calls from you.",
    "I want you to stop calling me",
    "I don't want you people calling here anymore",
    "Just stop calling!",
    "Make sure you never call me again",
    "Please take my number off your list and don't call",
    "I'd prefer you didn't call",
    "I do not want to be contacted.",
    "stop harassing me",
    "Stop bothering me",
    "delete me from your database",
)
OTHERWISE_TOO = (
    "You can stop calling me Mister Smith",
    "The alarm company keeps calling me",
    "don't call it quits",
    "I'd like you to call me again in March",
    "please stop sending me emails",
    "do not contact my bank before I say so",
    "could you call me back, not before five",
    "my boss told me not to call the office",
    "don't forget to call me",
    "I didn't call you",
    "Never call a technician without asking me",
    "you should stop by",
    "I was told not to contact support by phone",
    "tell me when to stop",
    "don't call me crazy but I like it",
    "the caller list is empty",
    "I want no calls forwarded",
    "Add me to the list",
    "can I put my number on the account",
    "I don't want to bother you",
)


@pytest.mark.parametrize("text", [*PLAIN, *PLAIN_TOO])
def test_a_plain_wish_is_understood(text: str) -> None:
    assert asks_to_stop(text, OFFERED)


@pytest.mark.parametrize("text", [*OTHERWISE, *OTHERWISE_TOO])
def test_less_than_a_plain_wish_is_left_to_the_assistant(text: str) -> None:
    assert not asks_to_stop(text, OFFERED)


@pytest.mark.parametrize("text", sentences("anywhere"))
def test_what_people_really_say_is_understood_whoever_called(text: str) -> None:
    assert asks_to_stop(text, OFFERED)
    assert asks_to_stop(text.lower(), OFFERED, ours=True)


@pytest.mark.parametrize("text", sentences("on our call"))
def test_few_words_are_plain_on_a_call_of_ours_alone(text: str) -> None:
    assert asks_to_stop(text, OFFERED, ours=True)
    assert not asks_to_stop(text, OFFERED)


@pytest.mark.parametrize("text", sentences("none"))
def test_a_denial_a_story_or_another_matter_is_none(text: str) -> None:
    assert not asks_to_stop(text, OFFERED, ours=True)
    assert not asks_to_stop(text.lower(), OFFERED, ours=True)


def test_typographic_apostrophes_are_apostrophes() -> None:
    assert asks_to_stop("don\N{RIGHT SINGLE QUOTATION MARK}t call me again", OFFERED)


@pytest.mark.long
def test_nothing_said_about_other_matters_is_taken_for_it(shared: Path) -> None:
    with (shared / "utterances" / "dev.csv").open(encoding="utf-8", newline="") as file:
        said = [row["text"] for row in csv.DictReader(file)]

    assert len(said) > 5_000
    assert [text for text in said if asks_to_stop(text, OFFERED, ours=True)] == []


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("Nicht mehr anrufen!", True),
        ("ok, nicht mehr anrufen, please", True),
        ("Nicht mehr anrufen morgens", False),
        ("", False),
    ],
)
def test_an_owner_s_own_words_count_in_any_language(text: str, *, understood: bool) -> None:
    assert asks_to_stop(text, "nicht mehr anrufen") is understood
