"""What machines say on a call of ours moves nobody; what people say does."""

from __future__ import annotations

import pytest

from contact_center.conversations.domain.folding.fold import conversation_state
from contact_center.understanding.domain.recorded_speech import sounds_recorded
from tests.unit.conversations.histories import POLICY, History, departments

MACHINES = (
    "To speak to a representative, please stay on the line.",
    "All of our agents are currently busy. Please hold and someone will be with you shortly.",
    "Please hold while I transfer you to a representative.",
    "The number you have dialed is not in service. Please check the number and dial again.",
    "Press one for sales, press two for support, or stay on the line for an operator.",
    "For billing, press 2. To speak with an agent, press 0.",
    "If you would like to speak with a representative, say representative.",
    "You can say things like pay my bill or talk to an agent.",
    "I'm sorry, I didn't get that. Please say billing, technical support, or sales.",
    "Thank you for holding. A representative will be with you shortly.",
    "Your call will be answered by the next available agent.",
    "Your call may be monitored for quality and training purposes.",
    "If you record your name and reason for calling, I'll see if this person is available.",
    "The person you're calling is using a screening service. Say why you're calling.",
    "Your call has been forwarded to an automatic voice message system.",
    "The person you are trying to reach is not accepting calls at this time.",
    "At the tone, please record your message. When you are finished, press pound.",
    "You have reached the voicemail of our support team.",
    "I can't take your call right now. Leave a message and I'll get back to you.",
    "The wireless customer you are calling is not available.",
    "Your call cannot be completed as dialed.",
    "Let me get my manager for you.",
    "Para español, oprima el dos.",
)
PEOPLE = (
    "I want to speak to a person, not stay on the line.",
    "I said get me an agent, I have been told to please hold.",
    "Can I talk to a representative?",
    "let me talk to the person in charge of billing",
    "the agent told me my call was recorded",
    "my voicemail isn't working",
    "I was charged twice",
    "Get me a human being",
    "I pressed the button and the money is not available",
    "my transfer can't be completed",
)


@pytest.mark.parametrize("text", MACHINES)
def test_what_machines_say_is_known(text: str) -> None:
    assert sounds_recorded(text)


@pytest.mark.parametrize("text", PEOPLE)
def test_people_are_not_taken_for_machines(text: str) -> None:
    assert not sounds_recorded(text)


@pytest.mark.parametrize(("direction", "destination"), [("outbound", "sales"), ("inbound", None)])
def test_a_machine_that_we_have_called_moves_nobody(direction: str, destination: str) -> None:
    call = History(direction=direction).answered("sales")  # type: ignore[arg-type]
    for text in MACHINES:
        call.after(1_000).says(text, "person", 0.99, wants_person=True)
        call.after(1_000).says(text, "support", 0.99)
    state = conversation_state(call.facts, POLICY, departments())
    assert state.destination == (destination or "person")


def test_a_person_whom_we_have_called_is_heard() -> None:
    call = History(direction="outbound").answered("sales")
    call.says("Can I talk to a representative?", "person", 0.99, wants_person=True)
    assert conversation_state(call.facts, POLICY, departments()).destination == "person"


def test_whoever_says_stop_in_a_machines_words_has_opted_out() -> None:
    call = History(direction="outbound").answered("sales")
    call.says("You have reached my office. Stop calling me.")
    assert conversation_state(call.facts, POLICY, departments()).opt_out == "words"
