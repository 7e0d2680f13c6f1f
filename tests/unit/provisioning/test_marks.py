"""Whose an object is, and of which stack a mark is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.provisioning.domain.marks import (
    FINGERPRINT_DIGITS,
    LONGEST_OWNER,
    Mark,
    fingerprint,
    is_owner,
    mark_on,
    metadata_of,
    name_of,
    owner_of_stack,
)

type Json = Any

LONGEST_NAME_AT_VAPI = 40
ARN = "arn:aws:cloudformation:{region}:{account}:stack/{name}/0c1d-e"
OWNERS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,17}[a-z0-9])?", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,127}", fullmatch=True)


@given(OWNERS, st.text(min_size=1))
def test_a_name_with_a_fingerprint_fits_and_is_read_again(owner: str, secret: str) -> None:
    name = name_of(owner, fingerprint(secret, owner))
    assert len(name) <= LONGEST_NAME_AT_VAPI
    assert mark_on({"name": name}) == Mark(owner, name[-FINGERPRINT_DIGITS:])
    assert mark_on({"metadata": metadata_of(owner, "sales")}) == Mark(owner, "sales")


@given(NAMES, NAMES)
def test_every_stack_has_an_owner_of_its_own(one: str, other: str) -> None:
    def owner(name: str, region: str = "us-east-1", account: str = "111111111111") -> str:
        found = owner_of_stack(ARN.format(region=region, account=account, name=name))
        assert found is not None
        return found

    assert is_owner(owner(one))
    assert len(owner(one)) <= LONGEST_OWNER
    assert (owner(one) == owner(other)) == (one == other)
    assert owner(one) != owner(one, region="eu-west-1")
    assert owner(one) != owner(one, account="222222222222")


def test_a_stack_made_anew_is_the_same_owner() -> None:
    first, second = (f"{ARN[:-6]}{made}" for made in ("0c1d-e", "9f8e-7"))
    told = {"region": "us-east-1", "account": "1", "name": "switchboard-staging"}
    assert owner_of_stack(first.format(**told)) == owner_of_stack(second.format(**told))
    owner = owner_of_stack(first.format(**told))
    assert owner is not None
    assert owner.startswith("staging-")


@pytest.mark.parametrize("said", ["", "switchboard-dev", "arn:aws:s3:::bucket", ARN[:-7]])
def test_what_is_no_stack_is_no_owner(said: str) -> None:
    assert owner_of_stack(said) is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": None},
        {"name": "sales", "metadata": {"team": "ours"}},
        {"name": "my switchboard/dev"},
        {"name": "switchboard"},
        {"name": "switchboard/Dev_1"},
        {"name": f"switchboard/{'x' * 20}"},
        {"metadata": {"switchboard": 7}},
        {"metadata": "switchboard"},
    ],
)
def test_what_only_looks_like_a_mark_is_none(fields: Json) -> None:
    assert mark_on(fields) is None


@pytest.mark.parametrize("name", ["", "Dev", "dev_1", "-dev", "dev-", "d" * 20, "dev prod"])
def test_a_name_that_does_not_fit_in_a_mark_is_no_owner(name: str) -> None:
    assert not is_owner(name)
