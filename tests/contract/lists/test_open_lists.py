"""What is not done is found when its time comes, by fake and table alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.adapters.dynamodb_open_lists import DynamoDBOpenLists
from contact_center.lists.services.import_ports import (
    EXPORT,
    PREVIEW,
    UNTOUCHED_MS,
    CampaignJob,
    ImportState,
    JobState,
)
from contact_center.lists.services.list_ports import ListJob, ListKind
from tests.contract.campaigns.campaign_tables import NOW_MS, Stores, fake_stores, job, real_stores
from tests.fakes.campaign_stores import FakeImports, FakeJobs
from tests.fakes.open_lists import FakeOpenLists

if TYPE_CHECKING:
    from contact_center.lists.services.list_ports import OpenLists
    from tests.emulator import Account

LATE_MS = NOW_MS + UNTOUCHED_MS
IMPORT = ListJob(ListKind.IMPORT, "c1", "c1.i")


@dataclass(frozen=True)
class Kept:
    stores: Stores
    open_lists: OpenLists


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "fake":
        stores = fake_stores()
        assert isinstance(stores.imports, FakeImports)
        assert isinstance(stores.jobs, FakeJobs)
        return Kept(stores, FakeOpenLists(stores.imports, stores.jobs))
    account: Account = request.getfixturevalue("account")
    lists = DynamoDBOpenLists(account.client("dynamodb"), account.contacts_table)
    return Kept(real_stores(account), lists)


def found(kept: Kept, now_ms: int, limit: int = 100) -> list[ListJob]:
    return [one.job for one in kept.open_lists.overdue(now_ms, limit)]


def test_an_import_is_found_once_nobody_has_touched_it_for_a_while(kept: Kept) -> None:
    kept.stores.imports.create(job())
    assert found(kept, LATE_MS - 1) == []
    assert found(kept, LATE_MS) == [IMPORT]

    stored = kept.stores.imports.read("c1.i")
    assert stored is not None
    running = replace(stored, state=ImportState.RUNNING, touched_at_ms=NOW_MS + 5)
    running = kept.stores.imports.commit(running, ())
    assert found(kept, LATE_MS) == []
    assert found(kept, LATE_MS + 5) == [IMPORT]

    kept.stores.imports.commit(replace(running, state=ImportState.DONE), ())
    assert found(kept, LATE_MS * 2) == []


@pytest.mark.parametrize(("kind", "closed"), [(PREVIEW, JobState.DONE), (EXPORT, JobState.FAILED)])
def test_a_job_is_found_likewise(kept: Kept, kind: str, closed: JobState) -> None:
    asked = CampaignJob(job_id="j", campaign_id="c1", kind=kind, created_at_ms=NOW_MS)
    expected = [ListJob(ListKind(kind), "c1", "j")]
    kept.stores.jobs.create(asked)
    assert found(kept, LATE_MS) == expected

    stored = kept.stores.jobs.read("c1", "j")
    assert stored is not None
    touched = replace(stored, state=JobState.RUNNING, touched_at_ms=NOW_MS + 5)
    running = kept.stores.jobs.save(touched)
    assert running is not None
    assert found(kept, NOW_MS + 4 + UNTOUCHED_MS) == []
    assert found(kept, NOW_MS + 5 + UNTOUCHED_MS) == expected

    kept.stores.jobs.save(replace(running, state=closed))
    assert found(kept, LATE_MS * 2) == []


def test_the_longest_due_comes_first_and_there_is_a_limit(kept: Kept) -> None:
    for place in (3, 1, 2):
        late = replace(job(), import_id=f"c1.{place}", created_at_ms=NOW_MS + place)
        kept.stores.imports.create(late)
    assert [one.job_id for one in found(kept, LATE_MS + 9, limit=2)] == ["c1.1", "c1.2"]


def test_what_is_put_off_is_found_later_and_whoever_is_at_it_is_not_disturbed(kept: Kept) -> None:
    kept.stores.imports.create(job())
    stored = kept.stores.imports.read("c1.i")
    assert stored is not None
    [late] = kept.open_lists.overdue(LATE_MS, 10)

    assert kept.open_lists.postpone(late, LATE_MS + 1000)
    assert not kept.open_lists.postpone(late, LATE_MS + 2000)  # somebody was before us

    assert found(kept, LATE_MS + 999) == []
    assert found(kept, LATE_MS + 1000) == [IMPORT]
    kept.stores.imports.commit(replace(stored, state=ImportState.RUNNING), ())  # not moved on


def test_what_was_done_meanwhile_cannot_be_put_off(kept: Kept) -> None:
    kept.stores.imports.create(job())
    stored = kept.stores.imports.read("c1.i")
    assert stored is not None
    [late] = kept.open_lists.overdue(LATE_MS, 10)
    kept.stores.imports.commit(replace(stored, state=ImportState.DONE), ())

    assert not kept.open_lists.postpone(late, LATE_MS + 1000)
    assert found(kept, LATE_MS * 2) == []


@pytest.mark.emulator
def test_a_table_that_does_not_answer_says_so(account: Account) -> None:
    lists = DynamoDBOpenLists(account.client("dynamodb"), "absent")
    with pytest.raises(StoreUnavailableError):
        lists.overdue(NOW_MS, 1)
