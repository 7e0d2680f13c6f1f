"""People in the operators' secret: all of it is in order, or nobody is let in."""

from __future__ import annotations

import hmac
import json
from typing import Any

import pytest

from contact_center.aws.operator_list import BadOperatorsError, Operator, read_operators
from contact_center.aws.operator_tokens import (
    ASK_AGAIN_MS,
    KEEP_MS,
    OperatorTokens,
    TokensUnavailableError,
)
from tests.fakes.clock import FakeClock

ADA, BEN, EVE = "a" * 24, "b" * 40, "e" * 30
PEOPLE = [
    {"name": "Ada Lovelace", "role": "operator", "token": ADA},
    {"name": "Ben", "role": "viewer", "token": f" {BEN}\n"},
]


class Secret:
    """Secrets Manager with one secret."""

    def __init__(self, said: object) -> None:
        self.said, self.asked = said, 0

    def stored(self) -> str:
        self.asked += 1
        return json.dumps(self.said)


def tokens(secret: Secret, clock: FakeClock) -> OperatorTokens:
    return OperatorTokens(secret.stored, clock)


def test_people_are_known_by_name() -> None:
    assert read_operators(json.dumps(PEOPLE)) == {
        ADA: Operator("Ada Lovelace", "operator"),
        BEN: Operator("Ben", "viewer"),
    }


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ({"operator": "o", "viewer": "v"}, {"o": "operator", "v": "viewer"}),
        ({"operator": "o"}, {"o": "operator"}),
        ({"viewer": "v", "operator": None, "note": "x"}, {"v": "viewer"}),
    ],
)
def test_the_old_shape_is_two_people_named_after_their_roles(
    said: object, people: dict[str, str]
) -> None:
    found = read_operators(json.dumps(said))
    assert {token: one.name for token, one in found.items()} == people
    assert all(one.name == one.role for one in found.values())


def person(**said: object) -> list[Any]:
    return [*PEOPLE, {"name": "Eve", "role": "viewer", "token": EVE} | said]


REFUSED = [
    ([], "name somebody"),
    ({}, "name somebody"),
    ("text", "list of people"),
    (7, "list of people"),
    ({"operator": ADA, "viewer": ADA}, "two people's"),
    ({"operator": ADA, "viewer": 7}, "text and not blank"),
    ({"operator": ADA, "viewer": " "}, "text and not blank"),
    ([*PEOPLE, "Eve"], "person 3"),
    (person(name="BEN"), "twice"),
    (person(name=" Ben "), "twice"),
    (person(token=ADA), "two people's"),
    (person(token=EVE[:23]), "24 to 512"),
    (person(token="e" * 513), "24 to 512"),
    (person(token=EVE + " e"), "without spaces"),
    (person(token="\u00e9" * 30), "ASCII"),
    (person(token=7), "24 to 512"),
    (person(role="admin"), "operator or viewer"),
    (person(role=["viewer"]), "operator or viewer"),
    (person(role=None), "operator or viewer"),
    (person(name=""), "1 to 64"),
    (person(name="e" * 65), "1 to 64"),
    (person(name="E\nve"), "printable"),
    (person(admin=True), "nothing else"),
    ([{"name": "Eve", "token": EVE}], "nothing else"),
]


@pytest.mark.parametrize(("said", "rule"), REFUSED)
def test_one_broken_rule_refuses_the_whole_secret_and_no_token_is_told(
    said: object, rule: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadOperatorsError, match=rule) as refused:
        read_operators(json.dumps(said))
    door = tokens(Secret(said), FakeClock(0))
    with pytest.raises(TokensUnavailableError):
        door.who(f"Bearer {ADA}")
    told = capsys.readouterr().out + str(refused.value)
    assert "operators refused" in told
    assert rule in told
    assert not any(token in told for token in (ADA, BEN, EVE[:23], "Eve", "Ben", "BEN", "Ada"))


@pytest.mark.parametrize("stored", ["", "no json", "[" * 100_000])
def test_what_is_no_json_lets_nobody_in(stored: str) -> None:
    with pytest.raises(BadOperatorsError, match="JSON"):
        read_operators(stored)


def test_a_list_that_turns_bad_lets_nobody_in_any_more() -> None:
    clock, secret = FakeClock(0), Secret(PEOPLE)
    door = tokens(secret, clock)
    assert door.who(f"Bearer {ADA}") == Operator("Ada Lovelace", "operator")
    secret.said = person(role="admin")
    clock.advance(KEEP_MS)
    for _ in range(2):
        with pytest.raises(TokensUnavailableError):
            door.who(f"Bearer {ADA}")


def test_who_is_taken_off_is_out_after_five_minutes_and_who_is_new_comes_in_after_one() -> None:
    clock, secret = FakeClock(0), Secret(PEOPLE)
    door = tokens(secret, clock)
    assert door.who(f"bearer {BEN}") == Operator("Ben", "viewer")
    secret.said = [PEOPLE[0], {"name": "Eve", "role": "viewer", "token": EVE}]
    assert door.who(f"Bearer {EVE}") is None
    clock.advance(ASK_AGAIN_MS)
    assert door.who(f"Bearer {EVE}") == Operator("Eve", "viewer")
    assert door.who(f"Bearer {BEN}") is None
    assert secret.asked == 2


def test_every_token_is_compared_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So how long it takes says nothing of where in the list somebody stands."""
    compared: list[int] = []
    real = hmac.compare_digest

    def counted(one: bytes, other: bytes) -> bool:
        compared.append(len(other))
        return real(one, other)

    door = tokens(Secret(person()), FakeClock(0))
    door.who(f"Bearer {ADA}")
    monkeypatch.setattr(hmac, "compare_digest", counted)
    for token in (ADA, BEN, EVE, "stranger"):
        compared.clear()
        door.who(f"Bearer {token}")
        assert compared[:3] == [32, 32, 32]
