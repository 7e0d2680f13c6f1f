"""The demo's list: as many contacts as asked for, every role, several zones, real mistakes."""

from __future__ import annotations

import csv
import io

import pytest

from contact_center.kernel.phone_numbers import parse_phone_number
from local.demo.campaign_list import FULL_SIZE, OFFER, REMINDER, ROLES, make_list, make_people


@pytest.mark.parametrize("size", [24, 30, 100, FULL_SIZE, 400])
def test_two_lists_have_as_many_contacts_as_asked_for_and_nobody_twice(size: int) -> None:
    people = make_people(size)
    assert abs(sum(len(person.lists) for person in people) - size) <= 2
    assert len({person.number for person in people}) == len(people)
    assert {role.name for role in ROLES} <= {person.role for person in people}


def test_a_full_list_spans_areas_and_zones() -> None:
    people = make_people(FULL_SIZE)
    assert len({person.number[:5] for person in people}) >= 12
    assert len({person.zone for person in people}) >= 5


def test_only_numbers_that_belong_to_nobody_are_on_it() -> None:
    assert all(parse_phone_number(person.number).test for person in make_people(FULL_SIZE))


@pytest.mark.parametrize("name", [OFFER, REMINDER])
def test_a_list_has_bad_lines_and_repeated_numbers_and_counts_them(name: str) -> None:
    people = make_people(30)
    listed = make_list(people, name)
    rows = list(csv.DictReader(io.StringIO(listed.text)))
    assert len(rows) == listed.rows == len(listed.people) + listed.repeated + listed.bad
    numbers = [parse_phone_number(row["phone"]).e164 for row in rows if row["id"]]
    assert len(numbers) - len(set(numbers)) == listed.repeated
    assert set(numbers) == {person.number for person in listed.people}
