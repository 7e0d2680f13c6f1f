"""A large body means the same as a small one: orjson is only faster."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.aws.large_json import LARGE_BYTES, loaded, quoted
from contact_center.kernel.field_errors import BadMessageError
from contact_center.vapi.webhooks.messages import parse

PADDING = "x" * LARGE_BYTES
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(value=VALUES)
def test_a_large_body_is_read_as_a_small_one_is(value: object) -> None:
    small = json.dumps({"value": value}, ensure_ascii=False)
    large = json.dumps({"value": value, "padding": PADDING}, ensure_ascii=False)
    assert parse(large.encode("utf-8", "surrogatepass"))[1]["value"] == json.loads(small)["value"]


@pytest.mark.parametrize(
    "json_text",
    [
        '"half a pair: \\ud800"',
        "18446744073709551615",
        '{"twice": 1, "twice": 2}',
        "-0.0",
        "1e400",
        "[" * 900 + "]" * 900,
    ],
)
def test_what_orjson_sees_otherwise_is_read_as_the_standard_library_does(json_text: str) -> None:
    large = f'{{"value":{json_text},"padding":"{PADDING}"}}'
    assert parse(large.encode())[1]["value"] == json.loads(json_text)


@pytest.mark.parametrize(
    "body", ["{", "[1,]", "NaN", '{"a":Infinity}', "\x00", '{"a":"\n"}', "[" * 40_000]
)
def test_a_large_body_that_is_not_json_is_refused(body: str) -> None:
    with pytest.raises(BadMessageError):
        parse((body + " " * LARGE_BYTES).encode())


def test_a_small_body_does_not_load_it() -> None:
    assert loaded(b"{}") == (False, None)


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_text_is_quoted_so_that_it_reads_back(text: str) -> None:
    for each in (text, text + PADDING):
        assert json.loads(quoted(each)) == each
