"""A session that is not ours to the letter is nobody's."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.console.domain.sessions import (
    Session,
    mark_of_token,
    opened,
    sealed,
    session_key,
)

KEY, OTHER = session_key("s" * 48), session_key("t" * 48)
NOW_S = 1_787_227_200
ADA = Session(name="Ada Lovelace", role="operator", ends_at_s=NOW_S + 60, mark="m" * 32)


@given(name=st.text(st.characters(exclude_categories=()), max_size=64))
def test_whatever_somebody_is_called_the_value_fits_a_cookie_and_says_it(name: str) -> None:
    value = sealed(replace(ADA, name=name), KEY)
    assert value.isascii()
    assert value.isprintable()
    assert not set(value) & set(' ,;"\\')
    assert opened(value, KEY, NOW_S) == replace(ADA, name=name)


def test_it_ends_to_the_second() -> None:
    value = sealed(ADA, KEY)
    assert opened(value, KEY, ADA.ends_at_s - 1) == ADA
    assert opened(value, KEY, ADA.ends_at_s) is None


def test_no_sign_of_it_can_be_changed() -> None:
    value = sealed(ADA, KEY)
    for at, sign in enumerate(value):
        other = "A" if sign != "A" else "B"
        assert opened(value[:at] + other + value[at + 1 :], KEY, NOW_S) is None, at


def test_what_another_key_signed_is_nobodys() -> None:
    assert opened(sealed(ADA, OTHER), KEY, NOW_S) is None


@pytest.mark.parametrize(
    "said", [[], {}, ["Ada", "operator", "soon", "m"], ["Ada", "operator", NOW_S + 60], 5]
)
def test_what_we_signed_and_cannot_read_is_nobodys(said: object) -> None:
    words = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    signature = sealed(ADA, KEY).rpartition(".")[2]
    assert opened(f"v1.{words}.{signature}", KEY, NOW_S) is None


@given(st.text(max_size=60))
def test_a_strangers_words_are_nobodys(said: str) -> None:
    assert opened(said, KEY, NOW_S) is None


def test_neither_secret_nor_token_stands_in_it() -> None:
    digest = b"d" * 32
    mark = mark_of_token(KEY, digest)
    value = sealed(replace(ADA, mark=mark), KEY)
    assert digest.hex() not in value
    assert mark != mark_of_token(OTHER, digest)
