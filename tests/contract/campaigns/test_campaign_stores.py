"""What campaigns may rely on of the contacts table: one suite for fakes and real ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.domain.campaigns import (
    CampaignState,
    PlanNote,
)
from contact_center.campaigns.services.campaign_ports import (
    CampaignMovedOnError,
)
from contact_center.dialing.adapters.attempt_items import gate_of
from contact_center.kernel.ports import BadCursorError
from contact_center.lists.services.import_ports import (
    BadLine,
    CampaignJob,
    ImportState,
    JobState,
)

if TYPE_CHECKING:
    from tests.emulator import Account

from tests.contract.campaigns.campaign_tables import (
    NOW_MS,
    WISH,
    Stores,
    campaign,
    job,
    listed,
    real_stores,
)


def test_a_campaign_is_created_once_and_read_back_as_it_was(stores: Stores) -> None:
    assert stores.campaigns.create(campaign())
    assert not stores.campaigns.create(replace(campaign(), created_at_ms=1))

    assert stores.campaigns.read("c1") == replace(campaign(), version=1)
    assert stores.campaigns.read("c2") is None
    assert stores.campaigns.head("c2", NOW_MS) is None


def test_a_change_is_written_on_the_version_that_was_read(stores: Stores) -> None:
    stores.campaigns.create(campaign())
    before = stores.campaigns.read("c1")
    assert before is not None
    running = replace(before, state=CampaignState.RUNNING, running_since_ms=NOW_MS)

    stored = stores.campaigns.save(before, running, NOW_MS + 5, {"assistant": {"voice": ("é",)}})

    assert stored == replace(running, version=2) == stores.campaigns.read("c1")
    assert stores.campaigns.snapshot("c1") == {"assistant": {"voice": ["é"]}}  # as JSON
    with pytest.raises(CampaignMovedOnError):
        stores.campaigns.save(before, running, None)
    head = stores.campaigns.head("c1", NOW_MS)
    assert head is not None
    assert head.note.look_at_ms == NOW_MS + 5
    paused = replace(stored, state=CampaignState.PAUSED, reason="operator")
    stores.campaigns.save(stored, paused, None)
    assert stores.campaigns.snapshot("c1") is not None
    assert stores.campaigns.to_look_at(NOW_MS + 10**9, 10) == []


def test_campaigns_to_look_at_come_by_time_and_only_when_it_has_come(stores: Stores) -> None:
    for place, name in enumerate(["a", "b", "c"]):
        stores.campaigns.create(campaign(name))
        before = stores.campaigns.read(name)
        assert before is not None
        running = replace(before, state=CampaignState.RUNNING)
        stores.campaigns.save(before, running, NOW_MS - place * 10)

    assert stores.campaigns.to_look_at(NOW_MS - 5, 10) == ["c", "b"]
    assert stores.campaigns.to_look_at(NOW_MS, 1) == ["c"]
    stores.campaigns.look_soon("a", NOW_MS - 100)
    stores.campaigns.look_soon("b", NOW_MS + 100)  # sooner already
    stores.campaigns.look_soon("unknown", NOW_MS)
    assert stores.campaigns.to_look_at(NOW_MS, 10) == ["a", "c", "b"]


def test_of_two_planners_one_notes(stores: Stores) -> None:
    stores.campaigns.create(campaign())
    head = stores.campaigns.head("c1", NOW_MS)
    assert head is not None
    after = head.note.planned(7, NOW_MS).looking_at(NOW_MS + 30_000)

    assert stores.campaigns.note("c1", head.note, after)
    assert not stores.campaigns.note("c1", head.note, after)

    again = stores.campaigns.head("c1", NOW_MS)
    assert again is not None
    assert again.note == replace(after, version=head.note.version + 1)
    stores.campaigns.look_soon("c1", NOW_MS)
    assert not stores.campaigns.note("c1", again.note, PlanNote())


def test_whoever_asks_for_a_look_leaves_a_mark_and_nobody_sleeps_over_it(stores: Stores) -> None:
    stores.campaigns.create(campaign())
    draft = stores.campaigns.read("c1")
    assert draft is not None
    stores.campaigns.look_soon("c1", NOW_MS)  # it does not run: no mark
    assert not note_of_c1(stores).woken
    stores.campaigns.save(draft, replace(draft, state=CampaignState.RUNNING), NOW_MS)

    woken = note_of_c1(stores)
    assert woken.woken  # whoever became due before it ran
    asleep = woken.looking_at(NOW_MS + 500)
    assert not stores.campaigns.note("c1", woken, asleep, unless_woken=True)
    assert stores.campaigns.note("c1", woken, asleep)

    read = note_of_c1(stores)
    assert not read.woken
    stores.campaigns.look_soon("c1", NOW_MS + 900)  # later than it is looked at anyway
    assert note_of_c1(stores) == replace(read, woken=True)  # its time and version stand
    assert not stores.campaigns.note("c1", read, asleep, unless_woken=True)
    assert stores.campaigns.note("c1", read, asleep)

    read = note_of_c1(stores)
    stores.campaigns.look_soon("c1", NOW_MS + 100)
    assert note_of_c1(stores) == replace(
        read, look_at_ms=NOW_MS + 100, woken=True, version=read.version + 1
    )
    read = note_of_c1(stores)
    stores.campaigns.look_soon("c1", NOW_MS + 100)
    assert note_of_c1(stores) == read
    assert stores.campaigns.note("c1", read, read.looking_at(NOW_MS + 700))
    assert stores.campaigns.note(
        "c1", note_of_c1(stores), asleep.looking_at(NOW_MS + 900), unless_woken=True
    )


def note_of_c1(stores: Stores) -> PlanNote:
    head = stores.campaigns.head("c1", NOW_MS)
    assert head is not None
    return head.note


def test_campaigns_are_listed_newest_first_page_by_page(stores: Stores) -> None:
    for place in range(5):
        stores.campaigns.create(campaign(f"c{place}", NOW_MS + place))

    seen: list[str] = []
    cursor = None
    while True:
        page = stores.campaigns.page(2, cursor)
        seen += [one.campaign_id for one in page.campaigns]
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == ["c4", "c3", "c2", "c1", "c0"]
    with pytest.raises(BadCursorError):
        stores.campaigns.page(2, "nonsense")


@pytest.mark.emulator
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_list_of_campaigns_names_those_it_cannot_read_and_goes_on(
    account: Account, limit: int
) -> None:
    stores = real_stores(account)
    for place in range(4):
        stores.campaigns.create(campaign(f"c{place}", NOW_MS + place))
    account.client("dynamodb").update_item(
        TableName=account.contacts_table,
        Key={"pk": {"S": "CAMPAIGN#c2"}, "sk": {"S": "CAMPAIGN"}},
        UpdateExpression="SET #state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":state": {"S": "of a later day"}},
    )

    seen: list[str] = []
    unreadable: list[str] = []
    cursor = None
    while True:
        page = stores.campaigns.page(limit, cursor)
        seen += [one.campaign_id for one in page.campaigns]
        unreadable += page.unreadable
        cursor = page.cursor
        if cursor is None:
            break

    assert (seen, unreadable) == (["c3", "c1", "c0"], ["c2"])


@pytest.mark.emulator
def test_imports_that_cannot_be_read_are_left_out_of_their_campaign_s(account: Account) -> None:
    stores = real_stores(account)
    listed(stores, 1)
    later = replace(job(), import_id="c1.later")
    assert stores.imports.create(later)
    account.client("dynamodb").update_item(
        TableName=account.contacts_table,
        Key={"pk": {"S": "CAMPAIGN#c1"}, "sk": {"S": "IMPORT#c1.later"}},
        UpdateExpression="SET said = :said",
        ExpressionAttributeValues={":said": {"S": '{"state": "of a later day"}'}},
    )

    assert [one.import_id for one in stores.imports.of_campaign("c1")] == ["c1.i"]


@pytest.mark.emulator
def test_a_claim_reads_the_gate_from_the_campaign_s_own_item(account: Account) -> None:
    stores = real_stores(account)
    stores.campaigns.create(campaign())
    item = account.client("dynamodb").get_item(
        TableName=account.contacts_table,
        Key={"pk": {"S": "CAMPAIGN#c1"}, "sk": {"S": "CAMPAIGN"}},
        ConsistentRead=True,
    )["Item"]

    gate = gate_of(item, "c1")

    assert gate is not None
    assert (gate.running, gate.version, gate.end_at_ms) == (False, 1, WISH.end_at_ms)


def test_an_import_reads_back_with_all_it_holds(stores: Stores) -> None:
    assert stores.imports.create(job())
    assert not stores.imports.create(job())
    known = stores.imports.read("c1.i")
    assert known is not None
    after = replace(
        known,
        state=ImportState.FAILED,
        columns=("phone", "name"),
        encoding="utf-16-le",
        delimiter="\t",
        offset=77,
        line=3,
        bad=1,
        first_bad=(BadLine(2, "phone", "is empty"),),
        error=BadLine(1, "file", "is no list"),
        report_key="r",
    )

    stored = stores.imports.commit(after, ())

    assert stored == replace(after, version=2) == stores.imports.read("c1.i")
    assert list(stores.imports.of_campaign("c1")) == [stored]
    assert list(stores.imports.of_campaign("c2")) == []
    assert stores.imports.read("c1.unknown") is None


def test_a_job_is_saved_on_the_version_that_was_read(stores: Stores) -> None:
    asked = CampaignJob(job_id="j", campaign_id="c1", kind="preview", created_at_ms=NOW_MS)
    assert stores.jobs.create(asked)
    assert not stores.jobs.create(asked)
    known = stores.jobs.read("c1", "j")
    assert known is not None
    after = replace(known, state=JobState.DONE, cursor="x", counts={"callable": 3})

    stored = stores.jobs.save(after)

    assert stored == replace(after, version=2) == stores.jobs.read("c1", "j")
    assert stores.jobs.save(after) is None
    assert stores.jobs.read("c1", "unknown") is None


def test_failures_in_a_row_are_counted_until_a_note_or_a_change_of_state(stores: Stores) -> None:
    stores.campaigns.create(campaign())
    assert stores.campaigns.stumble("c1", NOW_MS + 1) == 0  # it is not on the planner's list
    before = stores.campaigns.read("c1")
    assert before is not None
    running = stores.campaigns.save(before, replace(before, state=CampaignState.RUNNING), NOW_MS)

    assert [stores.campaigns.stumble("c1", NOW_MS + at) for at in (5, 6)] == [1, 2]
    assert stores.campaigns.to_look_at(NOW_MS + 5, 10) == []
    assert stores.campaigns.to_look_at(NOW_MS + 6, 10) == ["c1"]

    head = stores.campaigns.head("c1", NOW_MS)
    assert head is not None
    assert stores.campaigns.note("c1", head.note, head.note.looking_at(NOW_MS))
    assert stores.campaigns.stumble("c1", NOW_MS) == 1
    stores.campaigns.save(running, replace(running, state=CampaignState.STOPPED), NOW_MS)
    assert stores.campaigns.stumble("c1", NOW_MS) == 1
    assert stores.campaigns.stumble("nobody", NOW_MS) == 0
