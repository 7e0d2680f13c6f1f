"""What is asked of the desk about national lists: imports are checked, and their age is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contact_center.campaigns.services.campaign_errors import (
    LargeListError,
)
from contact_center.kernel.field_errors import FieldError
from contact_center.lists.services.import_contacts import import_contacts
from contact_center.lists.services.import_ports import NationalSource
from contact_center.lists.services.list_ports import ListKind
from tests.bodies import list_said
from tests.campaign_scene import ms
from tests.unit.lists.national_desk import (
    LONG_MS,
    PLAIN,
    Desk,
    day,
)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"country": "FR"}, "country"),
        ({"country": None}, "country"),
        ({"asOf": "yesterday"}, "asOf"),
        ({"asOf": "2026-11-18T10:00:00"}, "asOf"),
        ({"asOf": "2027-01-01"}, "asOf"),
        ({"name": ""}, "name"),
        ({"complete": "perhaps"}, "complete"),
        ({"complete": []}, "complete"),
        ({"country": []}, "country"),
        ({"asOf": 5}, "asOf"),
        ({"asOf": "0000-01-01"}, "asOf"),
        ({"asOf": "0001-01-01"}, "asOf"),
        ({"asOf": "0001-01-01T00:00:00+14:00"}, "asOf"),
        ({"asOf": "9999-12-31T23:59:59-14:00"}, "asOf"),
        ({"asOf": "2026-02-30"}, "asOf"),
        ({"asOf": "1969-12-31"}, "asOf"),
        ({"name": {}}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_said_of_a_list_is_checked(desk: Desk, said: dict[str, object], wrong: str) -> None:
    with pytest.raises(FieldError) as refused:
        desk.hand_in(PLAIN, **said)
    assert refused.value.field == wrong
    assert desk.scene.imports.jobs == {}


def test_a_list_that_is_too_large_to_come_along_is_to_be_uploaded(desk: Desk) -> None:
    with pytest.raises(LargeListError):
        desk.hand_in("2122345600\n" * 100_000)


def test_the_work_is_sent_and_is_no_import_of_contacts(desk: Desk) -> None:
    told = desk.desk.add(list_said({"country": "US", "asOf": "2026-11-17"}), PLAIN.encode())

    (job,) = desk.sent
    assert (job.kind, job.campaign_id, job.job_id) == (
        ListKind.NATIONAL,
        "national-US",
        told["importId"],
    )
    stored = desk.scene.imports.read(job.job_id)
    assert stored is not None
    assert stored.national == NationalSource(
        country="US",
        name="National Do Not Call Registry",
        as_of_ms=ms(datetime(2026, 11, 17, tzinfo=UTC)),
    )
    assert import_contacts(job.job_id, LONG_MS, desk.scene.importing) is None
    assert desk.scene.imports.read(job.job_id) == stored


def test_how_old_a_list_is_can_be_seen(desk: Desk) -> None:
    desk.hand_in(PLAIN, asOf=day(40))
    desk.hand_in(PLAIN, asOf=day(31), country="US")
    shown = {one["country"]: one for one in desk.desk.lists()["lists"]}  # type: ignore[attr-defined]

    assert (shown["US"]["fresh"], shown["US"]["maxAgeDays"]) == (True, 31)
    assert (shown["GB"]["fresh"], shown["GB"]["asOf"]) == (False, None)
    desk.scene.clock.advance(1_000)
    shown = {one["country"]: one for one in desk.desk.lists()["lists"]}  # type: ignore[attr-defined]
    assert shown["US"]["fresh"] is False
