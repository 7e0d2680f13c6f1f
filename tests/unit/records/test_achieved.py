"""What a call achieved: a fact of ours beats what a model claims, and neither is guessed."""

from __future__ import annotations

import pytest

from contact_center.records.domain.achieved import Achieved, Proof, achieved

BOOKED, RANG_LATER = Proof.MEETING_BOOKED.value, Proof.CALLBACK_PROMISED.value


@pytest.mark.parametrize(
    ("claimed", "proofs", "found"),
    [
        (BOOKED, {BOOKED}, (BOOKED, True, False)),
        (BOOKED, set(), (None, False, True)),  # there is no such booking
        (BOOKED, {RANG_LATER}, (RANG_LATER, True, True)),
        (RANG_LATER, {BOOKED, RANG_LATER}, (BOOKED, True, False)),  # both are true
        ("question_answered", {RANG_LATER}, (RANG_LATER, True, False)),
        ("question_answered", set(), ("question_answered", False, False)),
        ("nothing", {BOOKED}, (BOOKED, True, False)),
        ("not_said", set(), (None, False, False)),
        (None, {Proof.OPTED_OUT.value, BOOKED}, ("opted_out", True, False)),
        (None, set(), (None, False, False)),
        (None, {"of a later release"}, (None, False, False)),
    ],
)
def test_facts_of_ours_win(
    claimed: str | None, proofs: set[str], found: tuple[str | None, bool, bool]
) -> None:
    assert achieved(claimed, proofs) == Achieved(*found)


@pytest.mark.parametrize("proof", Proof)
def test_whatever_needs_a_fact_is_not_believed_without_one(proof: Proof) -> None:
    assert achieved(proof.value, ()) == Achieved(None, proved=False, disagrees=True)
    assert achieved(proof.value, {proof.value}) == Achieved(proof, proved=True, disagrees=False)
