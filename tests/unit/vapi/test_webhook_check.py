"""Secrets that rotate while the door is open."""

from __future__ import annotations

import json

import pytest

from contact_center.kernel.ports import CheckUnavailableError, RawRequest
from contact_center.vapi.webhooks.webhook_check import RotatingCheck
from contact_center.vapi.webhooks.webhook_credentials import HmacPlan, Mode
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.fake_door import hmac_headers
from tests.fakes.secret_store import FakeSecretStore

NOW_MS = 1_787_266_900_000
BODY = b'{"message":{"type":"hang"}}'


class Rotation:
    """A check over a secret that an operator changes while it runs."""

    def __init__(self, current: str, previous: str | None = None) -> None:
        self.store = FakeSecretStore.holding(current, previous)
        self.metrics = CountedMetrics()
        self.now_ms = NOW_MS
        self._check = RotatingCheck((Mode.HMAC,), HmacPlan(), self.store.fetch, self.metrics)

    def rotate(self, current: str, previous: str | None = None) -> None:
        self.store.stored = FakeSecretStore.holding(current, previous).stored

    def warm(self) -> None:
        self._check.warm(self.now_ms)

    def accepts(self, secret: str) -> bool:
        headers = hmac_headers(BODY, self.now_ms, secret)
        request = RawRequest("POST", "/vapi/webhook", "api.example", headers, BODY)
        return self._check.check(request, self.now_ms)[0] is None


def test_two_secrets_are_live_during_a_rotation() -> None:
    rotation = Rotation("new", "old")
    assert rotation.accepts("new")
    assert rotation.accepts("old")
    assert not rotation.accepts("neither")


def test_a_rotated_secret_is_noticed_without_a_deployment() -> None:
    rotation = Rotation("old")
    assert rotation.accepts("old")
    rotation.rotate("new", "old")
    rotation.now_ms += 1_000
    assert rotation.accepts("new")
    assert rotation.accepts("old")
    rotation.rotate("new")
    rotation.now_ms += 301_000
    assert not rotation.accepts("old")
    assert rotation.accepts("new")


def test_a_thousand_bad_signatures_in_a_minute_fetch_the_secret_at_most_twice() -> None:
    rotation = Rotation("right")
    for _ in range(1000):
        rotation.now_ms += 59
        assert not rotation.accepts("wrong")
    assert rotation.store.asked <= 2


def test_an_hour_of_good_signatures_fetches_the_secret_every_five_minutes() -> None:
    rotation = Rotation("right")
    for _ in range(3600):
        rotation.now_ms += 1_000
        assert rotation.accepts("right")
    assert rotation.store.asked == 12


@pytest.mark.parametrize("stored", [None, '{"current": ""}', "{}"])
def test_without_a_usable_secret_nobody_is_let_in(stored: str | None) -> None:
    rotation = Rotation("right")
    rotation.store.stored = stored
    for secret in ("", "right"):
        with pytest.raises(CheckUnavailableError):
            rotation.accepts(secret)
    assert rotation.metrics.counted


def test_a_secret_fetched_ahead_is_not_fetched_again_by_the_first_request() -> None:
    rotation = Rotation("right")
    rotation.warm()
    assert rotation.accepts("right")
    assert rotation.store.asked == 1


def test_a_secret_that_could_not_be_fetched_ahead_is_fetched_by_the_first_request() -> None:
    rotation = Rotation("right")
    stored, rotation.store.stored = rotation.store.stored, None
    rotation.warm()
    rotation.store.stored = stored
    assert rotation.accepts("right")


def test_a_known_secret_outlives_an_outage_of_the_store() -> None:
    rotation = Rotation("right")
    assert rotation.accepts("right")
    rotation.store.stored = None
    rotation.now_ms += 400_000
    assert rotation.accepts("right")
    assert not rotation.accepts("wrong")
    assert rotation.metrics.of("secret_unavailable")


def test_a_secret_that_is_emptied_lets_nobody_in() -> None:
    rotation = Rotation("right")
    assert rotation.accepts("right")
    rotation.store.stored = json.dumps({"current": ""})
    rotation.now_ms += 400_000
    with pytest.raises(CheckUnavailableError):
        rotation.accepts("right")
