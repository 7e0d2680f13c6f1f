"""The door of Twilio's webhooks: who is let in, and in what order it is looked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.environment import SettingsError
from contact_center.kernel.ports import CheckUnavailableError, RawRequest
from contact_center.twilio.forms import Form
from contact_center.twilio.repetitions import repetition_key
from contact_center.twilio.webhook_check import LARGEST_BODY_BYTES, WebhookCheck
from contact_center.twilio.webhook_signatures import Refusal
from tests.contract.twilio.twilio_signing import BASE_URL, TOKEN, webhook
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.secret_store import FakeSecretStore

if TYPE_CHECKING:
    from collections.abc import Callable

NOW_MS = 1_795_023_000_000
PATH = "/twilio/voice"
FIELDS = [("CallSid", "CA1"), ("CallStatus", "ringing"), ("FromZip", "")]


class Door:
    """A check over a secret that an owner changes while it runs."""

    def __init__(self, token: str = TOKEN, previous: str | None = None) -> None:
        self.store = FakeSecretStore.holding(token, previous)
        self.metrics = CountedMetrics()
        self.now_ms = NOW_MS
        self.check = WebhookCheck(BASE_URL, self.store.fetch, self.metrics)

    def refusal(self, request: RawRequest) -> Refusal | None:
        return self.check.check(request, self.now_ms).refusal


def test_a_genuine_webhook_is_let_in_with_its_form() -> None:
    found = Door().check.check(webhook(PATH, FIELDS), NOW_MS)

    assert found.refusal is None
    assert found.form.text("CallStatus") == "ringing"
    assert found.form.getall("FromZip") == [""]


@pytest.mark.parametrize("host", ["evil.example", "", "contact.example.com:8443"])
def test_what_the_request_claims_of_itself_says_nothing(host: str) -> None:
    request = webhook(PATH, FIELDS, host=host, x_forwarded_host=host, x_forwarded_proto="http")
    assert Door().refusal(replace(request, host=host)) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda sent: replace(sent, headers={}), Refusal.NO_SIGNATURE),
        (lambda sent: replace(sent, path="/twilio/people"), Refusal.WRONG_SIGNATURE),
        (lambda sent: replace(sent, path=f"/prod{PATH}"), Refusal.WRONG_SIGNATURE),
        (lambda sent: replace(sent, path=f"{PATH}?a=1"), Refusal.WITH_A_QUERY),
        (lambda sent: replace(sent, path=f"{PATH}?"), Refusal.WITH_A_QUERY),
        (lambda sent: replace(sent, path=f"{PATH}\ud800"), Refusal.WRONG_SIGNATURE),
        (lambda sent: replace(sent, body=sent.body + b"&Digits=1"), Refusal.WRONG_SIGNATURE),
        (lambda sent: replace(sent, body=b""), Refusal.WRONG_SIGNATURE),
        (lambda sent: replace(sent, body=b"{}"), Refusal.WRONG_SIGNATURE),
        (lambda sent: replace(sent, body=b"a=%FF"), Refusal.NOT_A_FORM),
        (lambda sent: replace(sent, body=b"a=\xff"), Refusal.NOT_A_FORM),
        (lambda sent: replace(sent, body=b"&".join([b"a=1"] * 1_001)), Refusal.NOT_A_FORM),
    ],
)
def test_whatever_was_changed_on_the_way_is_refused(
    change: Callable[[RawRequest], RawRequest], reason: Refusal
) -> None:
    found = Door().check.check(change(webhook(PATH, FIELDS)), NOW_MS)

    assert found.refusal is reason
    assert list(found.form) == []  # nothing that was not signed goes any further


def test_a_body_too_large_is_refused_before_anything_looks_at_it() -> None:
    door = Door()
    fields = [("CallSid", "x" * (LARGEST_BODY_BYTES - len("CallSid=")))]
    full = webhook(PATH, fields)
    assert len(full.body) == LARGEST_BODY_BYTES

    assert door.refusal(replace(full, body=full.body + b"x")) is Refusal.TOO_LARGE
    assert door.store.asked == 0
    assert door.refusal(full) is None


def test_a_token_and_its_predecessor_count_while_they_change_over() -> None:
    door = Door("new", "old")
    for token in ("new", "old"):
        assert door.refusal(webhook(PATH, FIELDS, token)) is None


def test_a_changed_token_is_noticed_without_a_deployment() -> None:
    door = Door("old")
    assert door.refusal(webhook(PATH, FIELDS, "old")) is None
    door.store.stored = FakeSecretStore.holding("new").stored
    door.now_ms += 1_000
    assert door.refusal(webhook(PATH, FIELDS, "new")) is None
    assert door.refusal(webhook(PATH, FIELDS, "old")) is Refusal.WRONG_SIGNATURE


@pytest.mark.parametrize("stored", [None, "", "{}", '{"current": "a", "sharedKeys": {"b": ""}}'])
def test_without_keys_nobody_is_let_in(stored: str | None) -> None:
    door = Door()
    door.store.stored = stored
    for token in ("", TOKEN):
        with pytest.raises(CheckUnavailableError):
            door.refusal(webhook(PATH, FIELDS, token))
    assert door.metrics.counted


def test_keys_fetched_ahead_are_not_fetched_again_by_the_first_request() -> None:
    door = Door()
    door.check.warm(NOW_MS)
    assert door.refusal(webhook(PATH, FIELDS)) is None
    assert door.store.asked == 1


@pytest.mark.parametrize(
    "url", ["https://a.example/?b=1", "https://a.example#c", "https://ü.example"]
)
def test_an_address_under_which_nothing_could_be_genuine_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="PUBLIC_BASE_URL"):
        WebhookCheck(url, FakeSecretStore.holding(TOKEN).fetch, CountedMetrics())


# -- repetitions -------------------------------------------------------------------------------

TWILIO_TOKEN = "00000000-0000-4000-8000-000000000001"


def key(path: str = PATH, token: str = "", **fields: str) -> str:
    said = {"CallSid": "CA1", "CallStatus": "ringing"} | fields
    headers = {"i_twilio_idempotency_token": token} if token else {}
    request = webhook(path, list(said.items()), **headers)
    return repetition_key(request, Form.of(request.body))


def test_the_token_of_a_request_is_that_of_its_repetitions() -> None:
    assert key(token=TWILIO_TOKEN) == key(token=TWILIO_TOKEN, CallStatus="in-progress")
    assert key(token=TWILIO_TOKEN) != key(token=TWILIO_TOKEN[:-1] + "2")


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "a b c d e f g h", "ü" * 10])
def test_without_a_token_it_is_what_happened_to_whom_and_where_it_was_told(token: str) -> None:
    told = key(token=token)
    assert told == key()
    assert told != key(CallSid="CA2")
    assert told != key(CallStatus="in-progress")
    assert told != key("/twilio/call-status")
    assert key(SequenceNumber="1") == key(SequenceNumber="1", CallStatus="completed")
    assert key(SequenceNumber="1") != key(SequenceNumber="2")


def test_a_room_has_a_sequence_of_its_own() -> None:
    assert key(ConferenceSid="CF1", SequenceNumber="1") != key(SequenceNumber="1")
    one = key(ConferenceSid="CF1", SequenceNumber="1")
    assert one != key(ConferenceSid="CF2", SequenceNumber="1")


def test_a_key_fits_into_a_table() -> None:
    assert len(key("/" + "x" * 5_000, CallSid="C" * 5_000, CallStatus="s" * 5_000)) <= 512
