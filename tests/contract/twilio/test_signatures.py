"""The check of signatures, held to Twilio's own vectors and to what its package does oddly."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.rotating_secret import BadSecretError
from contact_center.twilio.forms import Form
from contact_center.twilio.webhook_signatures import Keys, Refusal, Verifier, keys_of
from tests.contract.twilio.twilio_signing import HERE, TOKEN, signature

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping

VECTORS = json.loads((HERE / "vectors.json").read_text(encoding="utf-8"))
ROWS = [*VECTORS["published"], *VECTORS["computed"]]
URL = "https://contact.example.com/twilio/voice"
FIELDS = [("CallSid", "CA1"), ("Digits", "1")]
SHARED = "webhooks_sharedkey_1"


def verifier(token: str = TOKEN, **shared: str) -> Verifier:
    return Verifier(Keys(tokens=(token,), shared_keys=shared))


def refusal(
    headers: Mapping[str, str], url: str = URL, sent: Form | bytes | None = None
) -> Refusal | None:
    form = Form(FIELDS) if sent is None else sent
    return verifier(**{SHARED: "shared secret"}).refusal(url, headers, form)


def signed(url: str = URL, fields: Any = FIELDS, **how: str) -> dict[str, str]:
    return {"x-twilio-signature": signature(url, fields, **how)}


def settings(said: str) -> dict[str, str]:
    return {"x-twilio-webhooks-signature-settings": said}


def test_every_vector_is_there() -> None:
    counts = [len(VECTORS[kind]) for kind in ("published", "computed", "validator_behaviour")]
    assert counts == [18, 24, 13]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_vector_is_judged_rightly(row: dict[str, Any]) -> None:
    headers = {"x-twilio-signature": row["signature"]}
    key, algorithm = row["auth_token"], row.get("algorithm", "HMAC_SHA1")
    keys = Keys(tokens=(key,), shared_keys={})
    if algorithm == "HMAC_SHA256":
        keys = Keys(tokens=("another",), shared_keys={SHARED: key})
        headers |= settings(f"key={SHARED},algorithm={algorithm}")
    sent: Form | bytes = Form((name, value) for name, value in row.get("params", []))
    if "body" in row:
        sent = row["body"].encode()

    found = Verifier(keys).refusal(row["url"], headers, sent)

    assert (found is None) == row["valid"]


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in ROWS
        if "form_body" in row and row["valid"] and not row.get("algorithm", "").endswith("256")
    ],
    ids=lambda row: row["id"],
)
def test_a_vector_is_genuine_as_it_came_over_the_wire(row: dict[str, Any]) -> None:
    """Blank and repeated fields, spaces and letters of any alphabet are what was signed."""
    headers = {"x-twilio-signature": row["signature"]}
    sent = Form.of(row["form_body"].encode())
    assert verifier(row["auth_token"]).refusal(row["url"], headers, sent) is None


# -- what twilio's own validator does oddly ----------------------------------------------------

CREDENTIALS = "https://user:pass@contact.example.com:8443/twilio/voice"
HASHED = "https://contact.example.com/e?bodySHA256=" + hashlib.sha256(b"{}").hexdigest()
BY_SHARED_KEY = f"key={SHARED},algorithm=HMAC_SHA256"
TWICE = [("Digits", "1"), ("Digits", "2")]
type Given = tuple[dict[str, str], str, Form | bytes]

# Of each case that was recorded of the package: what the same request comes to here.
TRAPS: dict[str, tuple[Given, Refusal | None]] = {
    "signature=None (header missing)": (({}, URL, Form(FIELDS)), Refusal.NO_SIGNATURE),
    'signature="" ': (({"x-twilio-signature": ""}, URL, Form(FIELDS)), Refusal.NO_SIGNATURE),
    "str body but URL has no bodySHA256": (
        (signed(fields=[]), URL, b"{}"),
        Refusal.WRONG_SIGNATURE,
    ),
    'params dict with list value {"Digits":["1","2"]}': (
        (signed(fields=TWICE), URL, Form(TWICE)),
        None,
    ),
    "params dict with int value": ((signed(), URL, Form.of(b"CallSid=CA1&Digits=1")), None),
    "params=None": ((signed(fields=[]), URL, Form()), None),
    "credentials AND port in https URL, signed without port": (
        (signed(CREDENTIALS.replace(":8443", "")), CREDENTIALS, Form(FIELDS)),
        None,
    ),
    "credentials AND port in https URL, signed with port": (
        (signed(CREDENTIALS), CREDENTIALS, Form(FIELDS)),
        None,
    ),
    "upper-case host in URL vs lower-case signed": (
        (signed(), URL.replace("contact", "CONTACT"), Form(FIELDS)),
        Refusal.WRONG_SIGNATURE,
    ),
    "get_signature_algorithm(None)": ((signed(), URL, Form(FIELDS)), None),
    'get_signature_algorithm("key=webhooks_sharedkey_1,algorithm=HMAC_SHA256")': (
        (
            signed(key="shared secret", digest="sha256") | settings(BY_SHARED_KEY),
            URL,
            Form(FIELDS),
        ),
        None,
    ),
    'validate(..., algorithm="HMAC_MD5")': (
        (signed() | settings(f"key={SHARED},algorithm=HMAC_MD5"), URL, Form(FIELDS)),
        Refusal.UNKNOWN_KEY,
    ),
    "validate bytes body with bodySHA256": ((signed(HASHED, []), HASHED, b"{}"), None),
}


@pytest.mark.parametrize("case", [row["case"] for row in VECTORS["validator_behaviour"]])
def test_a_trap_of_the_package_is_none_here(case: str) -> None:
    (headers, url, sent), expected = TRAPS[case]
    assert refusal(headers, url, sent) is expected


@pytest.mark.parametrize("headers", [{}, {"x-twilio-signature": ""}])
def test_without_a_signature_nobody_is_let_in(headers: dict[str, str]) -> None:
    assert refusal(headers) is Refusal.NO_SIGNATURE


def test_json_without_its_hash_in_the_url_is_refused() -> None:
    assert refusal(signed(fields=[]), sent=b'{"a": 1}') is Refusal.WRONG_SIGNATURE


def test_json_whose_hash_is_in_the_url_is_genuine() -> None:
    row = next(row for row in ROWS if row["id"] == "pub-json-body")
    found = verifier("12345").refusal(
        row["url"], {"x-twilio-signature": row["signature"]}, row["body"].encode()
    )
    assert found is None


@pytest.mark.parametrize(
    ("configured", "asked"),
    [
        ("https://user:pass@host.example:8443/a", "https://user:pass@host.example/a"),
        ("https://user:pass@host.example:8443/a", "https://user:pass@host.example:8443/a"),
        ("https://host.example/a", "https://host.example:443/a"),
        ("http://host.example/a", "http://host.example:80/a"),
        ("https://[::1]:8443/a", "https://[::1]/a"),
        ("https://[::1]/a", "https://[::1]:443/a"),
    ],
)
def test_a_port_may_be_signed_or_not(configured: str, asked: str) -> None:
    assert refusal(signed(asked), configured) is None


@pytest.mark.parametrize(
    "other",
    [
        "https://Contact.example.com/twilio/voice",
        "http://contact.example.com/twilio/voice",
        "https://contact.example.com.evil.example/twilio/voice",
        "https://contact.example.com/twilio/voice/",
        "https://contact.example.com/twilio/voice?",
        "https://contact.example.com/twilio/voicé",
        "https://contact.example.com/twilio/voice#rc=3",
        "",
    ],
)
def test_another_url_is_refused(other: str) -> None:
    assert refusal(signed(other)) is Refusal.WRONG_SIGNATURE
    assert refusal(signed(), other) is Refusal.WRONG_SIGNATURE


@pytest.mark.parametrize("given", ["ü", "\ud800", "x" * 10_000, "=", signature(URL, FIELDS)[:-1]])
def test_whatever_is_given_as_a_signature_is_only_compared(given: str) -> None:
    assert refusal({"x-twilio-signature": given}) is Refusal.WRONG_SIGNATURE


@pytest.mark.parametrize("path", ["/\ud800", "/ü", "/%FF", "/a b", "/'", "/" + "x" * 10_000])
def test_whatever_path_is_asked_for_only_changes_what_is_signed(path: str) -> None:
    assert refusal(signed(), f"https://contact.example.com{path}") is Refusal.WRONG_SIGNATURE


# -- which key, and by which algorithm ---------------------------------------------------------


@pytest.mark.parametrize("said", ["", "algorithm=HMAC_SHA1", "key=any,algorithm=HMAC_SHA1", "key="])
def test_the_token_signs_by_sha1(said: str) -> None:
    assert refusal(signed() | settings(said)) is None
    wrong = signed(digest="sha256") | settings(said)
    assert refusal(wrong) is Refusal.WRONG_SIGNATURE


def test_a_shared_key_signs_by_sha256_and_has_to_be_named() -> None:
    shared = signed(key="shared secret", digest="sha256")
    named = settings(f"key={SHARED}, algorithm=HMAC_SHA256")

    assert refusal(shared | named) is None
    assert refusal(shared) is Refusal.WRONG_SIGNATURE
    unnamed = settings("algorithm=HMAC_SHA256")
    assert refusal(shared | unnamed) is Refusal.UNKNOWN_KEY


@pytest.mark.parametrize("name", ["webhooks_sharedkey_2", "", "tokens", "0", "__class__"])
def test_a_key_that_is_not_configured_opens_nothing(name: str) -> None:
    said = settings(f"key={name},algorithm=HMAC_SHA256")
    for key in ("", "shared secret", TOKEN):
        assert refusal(signed(key=key, digest="sha256") | said) is Refusal.UNKNOWN_KEY


def test_a_shared_key_signs_nothing_by_sha1_and_the_token_nothing_by_sha256() -> None:
    named = f"key={SHARED},algorithm="
    weak = signed(key="shared secret") | settings(f"{named}HMAC_SHA1")
    assert refusal(weak) is Refusal.WRONG_SIGNATURE
    for digest in ("sha1", "sha256"):
        of_the_token = signed(digest=digest) | settings(f"{named}HMAC_SHA256")
        assert refusal(of_the_token) is Refusal.WRONG_SIGNATURE


@pytest.mark.parametrize("algorithm", ["HMAC_MD5", "none", "hmac_sha1", "HMAC_SHA512"])
def test_an_algorithm_nobody_agreed_on_is_refused_and_not_logged(
    algorithm: str, logged: list[logging.LogRecord]
) -> None:
    said = settings(f"key={SHARED},algorithm={algorithm}")
    assert refusal(signed() | said) is Refusal.UNKNOWN_KEY
    assert logged == []


def test_the_token_before_the_present_one_counts_as_well() -> None:
    both = Verifier(Keys(tokens=("new", "old"), shared_keys={}))
    for key in ("new", "old"):
        assert both.refusal(URL, signed(key=key), Form(FIELDS)) is None
    assert both.refusal(URL, signed(key="older"), Form(FIELDS)) is Refusal.WRONG_SIGNATURE


def test_the_keys_are_read_out_of_what_is_stored() -> None:
    assert keys_of("a token") == Keys(tokens=("a token",), shared_keys={})
    stored = {"current": "new\n", "previous": " old", "sharedKeys": {SHARED: "secret\n"}}
    keys = keys_of(json.dumps(stored))
    assert keys == Keys(tokens=("new", "old"), shared_keys={SHARED: "secret"})
    assert not any(key in repr(keys) for key in ("new", "old", "secret"))


@pytest.mark.parametrize(
    "stored",
    [
        "",
        '{"sharedKeys": {"k": "hidden"}}',
        '{"current": "", "sharedKeys": {"k": "hidden"}}',
        '{"current": "new", "sharedKeys": {"k": ""}}',
        '{"current": "new", "sharedKeys": {"k": null}}',
        '{"current": "new", "sharedKeys": ["hidden"]}',
        '{"current": "new", "sharedKeys": "hidden"}',
    ],
)
def test_a_key_that_is_empty_is_refused(stored: str) -> None:
    with pytest.raises(BadSecretError) as raised:
        keys_of(stored)
    assert "hidden" not in str(raised.value)
