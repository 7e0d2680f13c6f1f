"""PINs out of Secrets Manager."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.secrets_lean import LeanSecrets
from contact_center.kernel.ports import SecretUnavailableError
from contact_center.people.adapters.secret_pins import KEEP_MS, SecretPins
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator


def pins_of(account: Account, stored: object) -> tuple[SecretPins, FakeClock]:
    account.secret("pins", stored if isinstance(stored, str) else json.dumps(stored))
    clock = FakeClock(1_795_000_000_000)
    return SecretPins(lambda: LeanSecrets(account.lean("secretsmanager")).get("pins"), clock), clock


def test_a_person_s_pin_is_found_and_a_weak_one_is_none(account: Account) -> None:
    stored = {"ada": "471142", "ben": "123", "cy": 4711, "di": "7777", "": ""}
    pins, _ = pins_of(account, stored)
    assert pins.of("ada") == "471142"
    assert [pins.of(one) for one in ("ben", "cy", "di", "eve", "")] == [None] * 5


def test_a_changed_pin_is_known_within_a_minute(account: Account) -> None:
    pins, clock = pins_of(account, {"ada": "471142"})
    assert pins.of("ada") == "471142"
    client = account.client("secretsmanager")
    client.put_secret_value(SecretId="pins", SecretString='{"ada": "502318"}')
    clock.advance(KEEP_MS - 1)
    assert pins.of("ada") == "471142"
    clock.advance(1)
    assert pins.of("ada") == "502318"


@pytest.mark.parametrize("stored", ["471142", "[]", "{", '"ada"'])
def test_a_secret_that_is_none_is_no_reason_to_let_anybody_in(
    account: Account, stored: str
) -> None:
    pins, _ = pins_of(account, stored)
    for _ in range(2):
        with pytest.raises(SecretUnavailableError):
            pins.of("ada")


def test_nor_is_one_that_is_not_there(account: Account) -> None:
    clock = FakeClock(1_795_000_000_000)
    secrets = LeanSecrets(account.lean("secretsmanager"))
    pins = SecretPins(lambda: secrets.get("nowhere"), clock)
    with pytest.raises(SecretUnavailableError):
        pins.of("ada")
