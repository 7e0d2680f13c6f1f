"""Every way a Vapi credential can be set, signed here by hand and judged by the verifier."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.aws.rotating_secret import BadSecretError, secrets_of
from contact_center.vapi.webhooks.webhook_credentials import (
    BadPlanError,
    HmacPlan,
    Mode,
    replayable,
)
from contact_center.vapi.webhooks.webhook_signatures import (
    REPLAY_WINDOW_MS,
    Refusal,
    Signed,
    Verifier,
)
from tests.fakes.fake_door import hmac_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW_MS = 1_787_266_900_000
SECRET = "a webhook secret"
URL = "https://switchboard.example/vapi/webhook"
BODY = '{"message": {"type":"hang", "näme": 1.0}}'.encode()


def signed(headers: Mapping[str, str], body: bytes = BODY) -> Signed:
    return Signed(method="POST", url=URL, headers=headers, body=body)


def mac(payload: bytes, key: bytes = SECRET.encode(), algorithm: str = "sha256") -> hmac.HMAC:
    return hmac.new(key, payload, algorithm)


def refusal(
    headers: Mapping[str, str],
    plan: HmacPlan | None = None,
    body: bytes = BODY,
    modes: tuple[Mode, ...] = (Mode.HMAC,),
    secrets: tuple[str, ...] = (SECRET,),
) -> Refusal | None:
    verifier = Verifier(modes, plan or HmacPlan(), secrets)
    return verifier.check(signed(headers, body), NOW_MS).refusal


def test_vapis_own_defaults_are_accepted() -> None:
    assert refusal(hmac_headers(BODY, NOW_MS)) is None


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "sha1"])
@pytest.mark.parametrize("encoding", ["hex", "HEX", "base64", "base64 without padding"])
@pytest.mark.parametrize("prefix", ["", "sha256=", "v1,"])
def test_every_algorithm_encoding_and_prefix(algorithm: str, encoding: str, prefix: str) -> None:
    digest = mac(str(NOW_MS).encode() + b"." + BODY, algorithm=algorithm)
    written = {
        "hex": digest.hexdigest(),
        "HEX": digest.hexdigest().upper(),
        "base64": base64.b64encode(digest.digest()).decode(),
        "base64 without padding": base64.b64encode(digest.digest()).decode().rstrip("="),
    }[encoding]
    plan = HmacPlan(
        algorithm=algorithm,
        prefix=prefix,
        encoding="hex" if encoding.lower() == "hex" else "base64",
        signature_header="X-Sig",
        timestamp_header="X-Sent-At",
    )
    headers = {"x-sent-at": str(NOW_MS), "x-sig": prefix + written}
    assert refusal(headers, plan) is None
    other = "A" if written[0] not in "aA" else "B"
    assert refusal({**headers, "x-sig": prefix + other + written[1:]}, plan) is not None


@pytest.mark.parametrize(
    ("payload_format", "payload"),
    [
        ("{timestamp}.{body}", b"1787266900000." + BODY),
        ("{method} {url}\n{timestamp}\n{body}", f"POST {URL}\n1787266900000\n".encode() + BODY),
        ("{svix-id}.{timestamp}.{body}", b"msg_1.1787266900000." + BODY),
        ("v0:{timestamp}:{body}:end", b"v0:1787266900000:" + BODY + b":end"),
    ],
)
def test_every_payload_format(payload_format: str, payload: bytes) -> None:
    plan = HmacPlan(payload_format=payload_format, message_id_header="svix-id")
    headers = {
        "x-timestamp": "1787266900000",
        "svix-id": "msg_1",
        "x-signature": mac(payload).hexdigest(),
    }
    assert refusal(headers, plan) is None
    assert refusal(headers, plan, body=BODY + b" ") is Refusal.WRONG_SIGNATURE


def test_a_key_in_base64_may_be_stored_in_several_lines() -> None:
    key = b"a key of more than one line of base64, as openssl prints it, 64 characters to a line"
    stamp = str(NOW_MS)
    signature = hmac.new(key, stamp.encode() + b"." + BODY, "sha256").hexdigest()
    secret = base64.encodebytes(key).decode()
    assert secret.count("\n") == 2
    headers = {"x-timestamp": stamp, "x-signature": signature}
    assert refusal(headers, HmacPlan(secret_is_base64=True), secrets=(secret,)) is None


def test_a_key_in_base64_is_decoded_first() -> None:
    key = bytes(range(32))
    headers = {
        "x-timestamp": str(NOW_MS),
        "x-signature": mac(str(NOW_MS).encode() + b"." + BODY, key).hexdigest(),
    }
    secret = base64.b64encode(key).decode()
    assert refusal(headers, HmacPlan(secret_is_base64=True), secrets=(secret,)) is None
    assert refusal(headers, HmacPlan(), secrets=(secret,)) is Refusal.WRONG_SIGNATURE


@pytest.mark.parametrize("unit", ["seconds", "milliseconds"])
@pytest.mark.parametrize(
    ("offset_seconds", "reason"),
    [
        (-301, Refusal.OUTSIDE_WINDOW),
        (-300, None),
        (-299, None),
        (299, None),
        (300, None),
        (301, Refusal.OUTSIDE_WINDOW),
    ],
)
def test_the_replay_window_counts_both_ways(
    unit: str, offset_seconds: int, reason: Refusal | None
) -> None:
    sent_ms = NOW_MS + offset_seconds * 1000
    stamp = str(sent_ms if unit == "milliseconds" else sent_ms // 1000)
    signature = mac(stamp.encode() + b"." + BODY).hexdigest()
    assert refusal({"x-timestamp": stamp, "x-signature": signature}) is reason


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e12", "1787266900000.0", "9" * 40, "٣" * 13])
def test_a_timestamp_that_is_none_is_refused(stamp: str) -> None:
    signature = mac(stamp.encode() + b"." + BODY).hexdigest()
    assert refusal({"x-timestamp": stamp, "x-signature": signature}) in (
        Refusal.BAD_TIMESTAMP,
        Refusal.NO_TIMESTAMP,
    )


def test_the_timestamp_is_signed_along() -> None:
    headers = hmac_headers(BODY, NOW_MS)
    assert refusal({**headers, "x-timestamp": str(NOW_MS + 1)}) is Refusal.WRONG_SIGNATURE


def test_without_a_timestamp_the_body_alone_is_signed() -> None:
    plan = HmacPlan(include_timestamp=False)
    assert refusal({"x-signature": mac(BODY).hexdigest()}, plan) is None


def test_a_missing_prefix_is_refused() -> None:
    assert refusal(hmac_headers(BODY, NOW_MS), HmacPlan(prefix="sha256=")) is (
        Refusal.WRONG_SIGNATURE
    )


@pytest.mark.parametrize(
    ("mode", "headers"),
    [
        (Mode.HMAC_BODY, {"x-vapi-signature": mac(BODY).hexdigest()}),
        (Mode.HMAC_BODY, {"x-vapi-signature": mac(BODY).hexdigest().upper()}),
        (Mode.SECRET, {"x-vapi-secret": SECRET}),
        (Mode.BEARER, {"authorization": f"Bearer {SECRET}"}),
        (Mode.BEARER, {"authorization": f"bearer {SECRET}"}),
        (Mode.HMAC, hmac_headers(BODY, NOW_MS)),
    ],
)
def test_each_mode_accepts_its_own_proof_and_no_other(mode: Mode, headers: dict[str, str]) -> None:
    assert refusal(headers, modes=(mode,)) is None
    for other in set(Mode) - {mode, Mode.NONE}:
        assert refusal(headers, modes=(other,)) is Refusal.NO_SIGNATURE
    wrong = {
        name: value[:-1] + ("0" if value[-1] != "0" else "1") for name, value in headers.items()
    }
    assert refusal(wrong, modes=(mode,)) is not None


def test_with_several_modes_any_proof_accepts() -> None:
    modes = (Mode.HMAC, Mode.SECRET)
    assert refusal(hmac_headers(BODY, NOW_MS), modes=modes) is None
    assert refusal({"x-vapi-secret": SECRET}, modes=modes) is None
    assert refusal({"authorization": f"Bearer {SECRET}"}, modes=modes) is Refusal.NO_SIGNATURE
    both = {"x-signature": "0" * 64, "x-timestamp": str(NOW_MS), "x-vapi-secret": SECRET}
    assert refusal(both, modes=modes) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"x-vapi-secret": ""},
        {"authorization": ""},
        {"authorization": "Bearer "},
        {"authorization": SECRET},
        {"authorization": f"Basic {SECRET}"},
        {"x-signature": "", "x-timestamp": str(NOW_MS)},
    ],
)
def test_an_empty_or_wrong_proof_is_refused(headers: dict[str, str]) -> None:
    modes = (Mode.HMAC, Mode.SECRET, Mode.BEARER)
    assert refusal(headers, modes=modes) is not None


@pytest.mark.parametrize("value", ["ünïcode", "\ud800", "☎" * 64, "\x00"])
def test_a_header_outside_ascii_is_refused_and_raises_nothing(value: str) -> None:
    modes = (Mode.HMAC, Mode.HMAC_BODY, Mode.SECRET, Mode.BEARER)
    headers = {
        "x-signature": value,
        "x-timestamp": str(NOW_MS),
        "x-vapi-signature": value,
        "x-vapi-secret": value,
        "authorization": f"Bearer {value}",
    }
    assert refusal(headers, modes=modes) is Refusal.WRONG_SIGNATURE


def test_none_lets_everybody_in_and_stands_alone() -> None:
    assert refusal({}, modes=(Mode.NONE,), secrets=()) is None
    with pytest.raises(BadPlanError):
        Verifier((Mode.NONE, Mode.HMAC), HmacPlan(), (SECRET,))
    with pytest.raises(BadPlanError):
        Verifier((), HmacPlan(), (SECRET,))


@given(body=st.binary(max_size=300), position=st.integers(min_value=0), flip=st.integers(1, 255))
def test_any_bytes_are_accepted_and_any_flipped_byte_is_refused(
    body: bytes, position: int, flip: int
) -> None:
    headers = hmac_headers(body, NOW_MS)
    assert refusal(headers, body=body) is None
    if body:
        index = position % len(body)
        changed = body[:index] + bytes([body[index] ^ flip]) + body[index + 1 :]
        assert refusal(headers, body=changed) is Refusal.WRONG_SIGNATURE
    signature = headers["x-signature"]
    index = position % len(signature)
    other = "0" if signature[index] != "0" else "1"
    broken = signature[:index] + other + signature[index + 1 :]
    assert refusal({**headers, "x-signature": broken}, body=body) is Refusal.WRONG_SIGNATURE


@pytest.mark.parametrize(
    ("stored", "secrets"),
    [
        ('{"current": "new"}', ("new",)),
        ('{"current": "new", "previous": "old"}', ("new", "old")),
        ('{"current": "new", "previous": ""}', ("new",)),
        ('{"current": "new", "previous": null}', ("new",)),
        ("only a text", ("only a text",)),
        ("only a text\n", ("only a text",)),
        ('{"current": " new\\r\\n", "previous": "old\\n"}', ("new", "old")),
    ],
)
def test_the_secrets_that_are_good_now(stored: str, secrets: tuple[str, ...]) -> None:
    assert secrets_of(stored) == secrets


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "   ",
        "{}",
        '{"current": ""}',
        '{"current": "  "}',
        '{"current": 7}',
        '{"current": ',
        '{"previous": "old"}',
        '{"current": "new", "previous": 7}',
    ],
)
def test_an_empty_secret_is_refused(stored: str) -> None:
    with pytest.raises(BadSecretError) as raised:
        secrets_of(stored)
    assert "old" not in str(raised.value)


@pytest.mark.parametrize("secrets", [(), ("",), ("  ",), ("good", "")])
def test_a_verifier_without_a_secret_cannot_be_made(secrets: tuple[str, ...]) -> None:
    with pytest.raises(BadSecretError):
        Verifier((Mode.HMAC,), HmacPlan(), secrets)


@pytest.mark.parametrize("secret", ["not base64!", "===="])
def test_a_key_that_is_not_base64_is_refused(secret: str) -> None:
    with pytest.raises(BadSecretError):
        Verifier((Mode.HMAC,), HmacPlan(secret_is_base64=True), (secret,))


@pytest.mark.parametrize(
    "options",
    [
        {"algorithm": "md5"},
        {"encoding": "base32"},
        {"payload_format": "{timestamp}"},
        {"payload_format": "{timestamp}.{body}", "include_timestamp": False},
        {"payload_format": "{svix-id}.{timestamp}.{body}"},
    ],
)
def test_options_that_contradict_each_other_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(BadPlanError):
        HmacPlan(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "payload_format", ["{body}", "{svix-id}.{body}", "{method}{url}{body}", "{time}.{body}"]
)
def test_a_time_that_is_sent_and_not_signed_is_refused_with_what_to_change(
    payload_format: str,
) -> None:
    with pytest.raises(BadPlanError) as refused:
        HmacPlan(payload_format=payload_format, message_id_header="svix-id")
    for word in ("x-timestamp", "{timestamp}.{body}", "credential", "include no timestamp"):
        assert word in str(refused.value)


PIECES = ["{timestamp}", "{time}", "{", "}", ".", "v0:"]


@given(
    before=st.lists(st.sampled_from(PIECES), max_size=4).map("".join),
    after=st.lists(st.sampled_from(PIECES), max_size=4).map("".join),
    age_ms=st.integers(min_value=REPLAY_WINDOW_MS + 1, max_value=10**12),
)
def test_no_plan_with_a_timestamp_takes_a_replay_whose_time_was_written_anew(
    before: str, after: str, age_ms: int
) -> None:
    try:
        plan = HmacPlan(payload_format=f"{before}{{body}}{after}")
    except BadPlanError:
        return
    sent_ms = NOW_MS - age_ms
    payload = plan.signed_format.replace("{timestamp}", str(sent_ms)).replace("{body}", "BODY")
    proof = mac(payload.encode().replace(b"BODY", BODY)).hexdigest()
    old = {"x-timestamp": str(sent_ms), "x-signature": proof}
    anew = {"x-timestamp": str(NOW_MS), "x-signature": proof}
    assert refusal(old, plan) is Refusal.OUTSIDE_WINDOW
    assert refusal(anew, plan) is Refusal.WRONG_SIGNATURE


def test_where_no_time_is_signed_a_message_can_be_replayed() -> None:
    every = tuple(Mode)
    assert replayable(every, HmacPlan()) == every[1:]
    assert replayable((Mode.HMAC,), HmacPlan(include_timestamp=False)) == (Mode.HMAC,)
    assert replayable((Mode.HMAC,), HmacPlan()) == ()


def test_only_what_is_signed_tells_one_sending_from_another() -> None:
    svix = HmacPlan(
        payload_format="{svix-id}.{body}", message_id_header="svix-id", include_timestamp=False
    )
    headers = {
        "svix-id": "msg_1",
        "x-timestamp": str(NOW_MS),
        "x-signature": mac(b"msg_1." + BODY).hexdigest(),
    }
    assert Verifier((Mode.HMAC,), svix, (SECRET,)).check(signed(headers), NOW_MS) == (None, "msg_1")
    plain = Verifier((Mode.HMAC,), HmacPlan(), (SECRET,))
    assert plain.check(signed(hmac_headers(BODY, NOW_MS)), NOW_MS) == (None, str(NOW_MS))
    body_only = Verifier((Mode.HMAC_BODY,), HmacPlan(), (SECRET,))
    replayed = {"x-vapi-signature": mac(BODY).hexdigest(), "x-timestamp": str(NOW_MS)}
    assert body_only.check(signed(replayed), NOW_MS) == (None, "")


@pytest.mark.parametrize(
    ("mode", "headers"),
    [
        (Mode.HMAC, hmac_headers(BODY, NOW_MS)),
        (Mode.SECRET, {"x-vapi-secret": "wrong"}),
        (Mode.BEARER, {"authorization": "Bearer wrong"}),
    ],
)
def test_proofs_are_compared_in_constant_time_with_every_secret(
    mode: Mode, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """How much of a guess is right must not show in the time the answer takes."""
    compared: list[bytes] = []
    real = hmac.compare_digest

    def counted(said: bytes, secret: bytes) -> bool:
        compared.append(secret)
        return real(said, secret)

    monkeypatch.setattr(hmac, "compare_digest", counted)

    refusal(headers, modes=(mode,), secrets=("the first", SECRET, "the third"))

    assert len(set(compared)) == 3
