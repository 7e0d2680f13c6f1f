"""What people permit, the planner's notes and files: one suite for fakes and real ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.lists.services.import_ports import (
    PART_BYTES,
    FileChangedError,
    UploadLostError,
)
from contact_center.permission.domain.national_listing import NationalListing
from contact_center.permission.domain.permission import Permission
from contact_center.permission.services.suppress import CONSENTS_KEPT

if TYPE_CHECKING:
    from collections.abc import Callable


from tests.contract.campaigns.campaign_tables import (
    AT,
    NOW_MS,
    NUMBER,
    WRITTEN,
    Stores,
)
from tests.fakes.campaign_people import FakePermissions


def test_a_permission_is_replaced_on_the_version_that_was_read(stores: Stores) -> None:
    nothing = stores.permissions.read(NUMBER)
    assert nothing == Permission()
    full = Permission(
        consents=(WRITTEN,),
        revoked_at=AT,
        suppressed_at=AT,
        suppression_source="spoken opt-out",
        national=NationalListing(listed=True, imported_at=AT),
        inquiry_at=AT,
    )

    assert stores.permissions.replace(NUMBER, nothing, full)
    assert not stores.permissions.replace(NUMBER, nothing, Permission())

    assert stores.permissions.read(NUMBER) == replace(full, version=1)


def test_consents_are_recorded_once_each(stores: Stores) -> None:
    stores.permissions.replace(
        NUMBER, Permission(), Permission(suppressed_at=AT, suppression_source="x")
    )
    numbers = [f"+1312200{place:04d}" for place in range(120)]
    wanted = dict.fromkeys([NUMBER, *numbers], WRITTEN)

    stores.permissions.record_consents(wanted)
    stores.permissions.record_consents(wanted)

    known = stores.permissions.read(NUMBER)
    assert (known.consents, known.suppressed_at, known.version) == ((WRITTEN,), AT, 2)
    assert stores.permissions.read(numbers[-1]) == Permission(consents=(WRITTEN,), version=1)


def test_many_are_put_onto_our_own_list_and_the_first_word_stands(stores: Stores) -> None:
    stores.permissions.replace(NUMBER, Permission(), Permission(consents=(WRITTEN,)))
    numbers = [f"+1312200{place:04d}" for place in range(120)]

    stores.permissions.suppress_many(dict.fromkeys([NUMBER, *numbers], "list c1.i, column B"), AT)
    stores.permissions.suppress_many({NUMBER: "another"}, AT)

    known = stores.permissions.read(NUMBER)
    assert (known.suppressed_at, known.suppression_source) == (AT, "list c1.i, column B")
    assert (known.consents, known.version) == ((WRITTEN,), 2)
    assert stores.permissions.read(numbers[-1]).suppressed_at == AT


@pytest.mark.parametrize("written", [1, 3])
def test_an_opt_out_that_is_written_between_read_and_write_stays(
    stores: Stores, written: int
) -> None:
    """An import reads what people permit, and one of them opts out before it writes."""
    numbers = [f"+1312200{place:04d}" for place in range(written)]
    first, asked = numbers[0], 0
    permissions: Any = stores.permissions  # national lists change people through it as well

    def agreed(_number: str, known: Permission) -> Permission:
        nonlocal asked
        asked += 1
        if asked == 1:
            opted_out = replace(known, suppressed_at=AT, suppression_source="spoken opt-out")
            assert stores.permissions.replace(first, known, opted_out)
        return replace(known, consents=(WRITTEN,))

    assert permissions.change_many(numbers, agreed) == written

    known = stores.permissions.read(first)
    assert (known.suppressed_at, known.consents, known.version) == (AT, (WRITTEN,), 2)
    assert all(stores.permissions.read(one).consents == (WRITTEN,) for one in numbers)


def test_what_is_written_between_reading_and_recording_consents_stands(stores: Stores) -> None:
    others = [f"+1312200{place:04d}" for place in range(3)]

    def opt_out() -> None:
        known = stores.permissions.read(NUMBER)
        stopped = replace(known, suppressed_at=AT, suppression_source="customer, on the call")
        assert stores.permissions.replace(NUMBER, known, stopped)

    once_before_the_transaction(stores, opt_out)
    stores.permissions.record_consents(dict.fromkeys([*others, NUMBER], WRITTEN))

    known = stores.permissions.read(NUMBER)
    assert (known.suppressed_at, known.consents, known.version) == (AT, (WRITTEN,), 2)
    assert all(stores.permissions.read(other).consents == (WRITTEN,) for other in others)


def once_before_the_transaction(stores: Stores, then: Callable[[], None]) -> None:
    """Do something between the request that reads and the one that writes."""
    left = [then]

    def once(**_: object) -> None:
        if left:
            left.pop()()

    permissions: Any = stores.permissions
    if isinstance(permissions, FakePermissions):
        permissions.between = once
    else:
        events = permissions._client.meta.events
        events.register("before-call.dynamodb.TransactWriteItems", once)


def test_the_latest_of_very_many_consents_are_kept(stores: Stores) -> None:
    given = [replace(WRITTEN, at=AT + timedelta(days=day)) for day in range(25)]
    for consent in given:
        stores.permissions.record_consents({NUMBER: consent})

    assert stores.permissions.read(NUMBER).consents == tuple(given[-CONSENTS_KEPT:])


def test_many_people_are_read_at_once(stores: Stores) -> None:
    numbers = [f"+1312200{place:04d}" for place in range(130)]
    stores.permissions.record_consents(dict.fromkeys(numbers[:3], WRITTEN))

    people = stores.people.read_many([*numbers, numbers[0]])

    assert set(people) == set(numbers)
    assert people[numbers[0]][1].consents == (WRITTEN,)
    assert people[numbers[9]] == (Customer(number=numbers[9]), Permission())
    assert stores.people.read_many([]) == {}


def test_the_planner_remembers_what_it_has_reserved_and_who_rests(stores: Stores) -> None:
    assert stores.notes.reserved_until() == 0
    stores.notes.reserve_until(NOW_MS)
    stores.rests.rest("line-1", NOW_MS + 5)

    assert stores.notes.reserved_until() == NOW_MS
    assert stores.rests.resting("line-1", NOW_MS) == NOW_MS + 5
    assert stores.rests.resting("line-1", NOW_MS + 5) is None
    assert stores.rests.resting("line-2", NOW_MS) is None


def test_files_are_read_in_pieces_and_listed_in_order(stores: Stores) -> None:
    assert stores.files.size("a/none") is None
    stores.files.write("a/2", [b"pap", b"er", b""])
    stores.files.write("a/1", [])
    stores.files.write("b/1", [b"x"])

    assert (stores.files.size("a/2"), stores.files.size("a/1")) == (5, 0)
    assert stores.files.read("a/2", 1, 3) == b"ape"
    assert stores.files.read("a/2", 3, 100) == b"er"
    assert stores.files.read("a/2", 5, 100) == b""
    assert list(stores.files.keys("a/")) == ["a/1", "a/2"]


def test_a_file_that_was_replaced_is_not_read_as_the_one_before(stores: Stores) -> None:
    assert stores.files.version("a/1") == ""
    stores.files.write("a/1", [b"one"])
    before = stores.files.version("a/1")
    assert before
    assert stores.files.read("a/1", 0, 10, before) == b"one"
    assert stores.files.read("a/1", 3, 10, before) == b""

    stores.files.write("a/1", [b"two"])

    assert stores.files.version("a/1") != before
    for offset in (0, 3, 9):
        with pytest.raises(FileChangedError):
            stores.files.read("a/1", offset, 10, before)
    assert stores.files.read("a/1", 0, 10) == b"two"


def test_a_file_written_over_several_invocations_appears_when_it_is_complete(
    stores: Stores,
) -> None:
    files = stores.files
    first, second = b"a" * PART_BYTES, b"b" * PART_BYTES
    upload = files.begin_upload("large")
    tags = [
        (3, files.add_part("large", upload, 3, b"never seen")),
        (3, files.add_part("large", upload, 3, first)),
        (7, files.add_part("large", upload, 7, second)),
        (8, files.add_part("large", upload, 8, b"c")),
    ]
    assert files.size("large") is None
    with pytest.raises(UploadLostError):
        files.complete_upload("large", upload, [tags[0], *tags[2:]])

    files.complete_upload("large", upload, tags[1:])

    assert files.size("large") == 2 * PART_BYTES + 1
    assert files.read("large", PART_BYTES - 1, 2) == b"ab"
    assert files.read("large", 2 * PART_BYTES - 1, 9) == b"bc"
    with pytest.raises(UploadLostError):
        files.add_part("large", upload, 9, b"d")
