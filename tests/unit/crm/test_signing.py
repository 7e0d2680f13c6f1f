"""Signatures of webhooks: the vector of the specification, secrets, and what is no secret."""

from __future__ import annotations

import json

import pytest

from contact_center.aws.rotating_secret import BadSecretError
from contact_center.crm.webhooks.signing import Signer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"


def test_the_specification_s_own_example_is_signed_alike() -> None:
    """Source: standard-webhooks@b2fa7b87, libraries/python/tests/test_webhooks.py."""
    signed = Signer([SECRET]).headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
    )
    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_live_secrets_sign_both() -> None:
    stored = json.dumps({"current": OTHER, "previous": SECRET})
    both = Signer.stored(stored).headers("m", 1, b"{}")["webhook-signature"].split(" ")
    each = [Signer([one]).headers("m", 1, b"{}")["webhook-signature"] for one in (OTHER, SECRET)]
    assert both == each


@pytest.mark.parametrize(
    "secret",
    [
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_MfKQ",
        "whsec_" + "A" * 88,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-w",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw!",
    ],
)
def test_what_is_no_secret_says_so_without_it(secret: str) -> None:
    with pytest.raises(BadSecretError) as caught:
        Signer([secret])
    assert secret.removeprefix("whsec_")[:6] not in str(caught.value) or secret == "whsec_"


@pytest.mark.parametrize("length", [24, 64])
def test_a_secret_has_24_to_64_bytes(length: int) -> None:
    import base64  # noqa: PLC0415

    Signer(["whsec_" + base64.b64encode(b"k" * length).decode()])


@pytest.mark.parametrize("stored", ["{}", '{"mine": "whsec_x"}', '{"current": {}}', "{", ""])
def test_a_secret_that_is_not_there_says_so(stored: str) -> None:
    with pytest.raises(BadSecretError):
        Signer.stored(stored)


def test_each_receiver_has_a_secret_of_its_own_or_else_the_one_of_all() -> None:
    stored = json.dumps({"current": SECRET, "orders": {"current": OTHER, "previous": SECRET}})
    ours = Signer.stored(stored, "orders").headers("m", 1, b"{}")
    assert ours == Signer([OTHER, SECRET]).headers("m", 1, b"{}")
    for name in ("billing", "current", ""):
        assert Signer.stored(stored, name).headers("m", 1, b"{}") == (
            Signer([SECRET]).headers("m", 1, b"{}")
        )
    assert Signer.stored(SECRET, "orders").headers("m", 1, b"{}") == (
        Signer([SECRET]).headers("m", 1, b"{}")
    )
    with pytest.raises(BadSecretError):
        Signer.stored(json.dumps({"orders": {"current": OTHER}}), "billing")
