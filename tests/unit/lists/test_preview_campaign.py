"""Before a start: who could be called now, who later and why, who never. After: the results."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contact_center.campaigns.domain.contacts import AttemptOutcome, ContactState
from contact_center.campaigns.services.campaign_errors import NoCampaignError
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.lists.services.export_results import COLUMNS, ExportParts, export_results
from contact_center.lists.services.import_ports import EXPORT, PREVIEW, CampaignJob, JobState
from contact_center.lists.services.preview_campaign import open_job, preview_campaign, summary
from contact_center.permission.domain.permission import Permission
from tests.campaign_scene import LONG_MS, NOON, CampaignScene, ms, numbers

if TYPE_CHECKING:
    from contact_center.campaigns.domain.contacts import CampaignContact


def job(scene: CampaignScene, kind: str) -> CampaignJob:
    asked = CampaignJob(job_id="j1", campaign_id="c1", kind=kind, created_at_ms=ms(NOON))
    return open_job(asked, scene.campaigns, scene.campaign_jobs)


def mixed_scene() -> CampaignScene:
    """Seven contacts, each in another case; it is 7:30 in California and 10:30 in New York."""
    scene = CampaignScene()
    scene.clock.at_ms = ms(NOON - timedelta(minutes=150))
    scene.campaign("c1", start=False)
    people = scene.list_contacts("c1", [*numbers(212, 5), "+14152000014", "+13122000014"])
    _free, hushed, silent, busy, done, _early, often = people
    store = scene.permissions.permissions
    store[hushed.details.number] = Permission(suppressed_at=NOON, version=1)
    store[silent.details.number] = Permission(version=1)
    number = busy.details.number
    scene.ledger.customers[number] = Customer(number=number, held_by="x", version=1)
    ended = replace(done, state=ContactState.DONE, reason="completed", due_at_ms=None)
    scene.contacts.contacts["c1", done.contact_id] = ended
    number = often.details.number
    rung = tuple((f"a.{k}", scene.clock.at_ms - k * 60_000) for k in range(1, 9))
    scene.ledger.customers[number] = Customer(number=number, rung=rung, version=1)
    return scene


def test_a_preview_counts_everybody_once_by_what_stands_in_the_way() -> None:
    scene = mixed_scene()
    job(scene, PREVIEW)

    done = preview_campaign("c1", "j1", LONG_MS, scene.preview)

    assert done is not None
    assert done.state is JobState.DONE
    result = json.loads(scene.files.files[done.result_key or ""])
    assert result == summary(done)
    assert result["neverBy"] == {"no_consent": 1, "suppressed": 1}
    assert result["laterBy"] == {"customer_busy": 1, "frequency_cap": 1, "outside_window": 1}
    assert result["pastBy"] == {"completed": 1}
    assert (result["callable"], result["later"], result["never"], result["past"]) == (1, 3, 2, 1)


def test_a_contact_that_cannot_be_read_is_counted_and_keeps_no_other_out() -> None:
    scene = mixed_scene()
    scene.contacts.unreadable = {scene.contacts.of("c1")[3].contact_id}
    job(scene, PREVIEW)

    done = preview_campaign("c1", "j1", LONG_MS, scene.preview)

    assert done is not None
    result = summary(done)
    assert result["laterBy"]["unreadable"] == 1  # type: ignore[index]
    assert sum(done.counts.values()) == 7


def test_a_preview_cut_short_goes_on_where_it_was() -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    scene.list_contacts("c1", numbers(212, 1100))
    job(scene, PREVIEW)

    states = []
    for _ in range(3):
        found = preview_campaign("c1", "j1", scene.clock.now_ms(), scene.preview)
        assert found is not None
        states.append((found.state, sum(found.counts.values())))

    assert states == [
        (JobState.RUNNING, 500),
        (JobState.RUNNING, 1000),
        (JobState.DONE, 1100),
    ]
    assert scene.contacts.of("c1")[0].version == 1  # looking changes nothing


def test_there_is_no_preview_of_nothing() -> None:
    scene = CampaignScene()

    with pytest.raises(NoCampaignError):
        job(scene, PREVIEW)
    assert preview_campaign("c1", "j1", LONG_MS, scene.preview) is None


def test_results_name_a_contact_that_cannot_be_read_and_go_on() -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    scene.list_contacts("c1", numbers(212, 3))
    bad = scene.contacts.of("c1")[1].contact_id
    scene.contacts.unreadable = {bad}
    job(scene, EXPORT)
    parts = ExportParts(
        contacts=scene.contacts,
        jobs=scene.campaign_jobs,
        files=scene.files,
        clock=scene.clock,
        civil=scene.civil,
    )

    done = export_results("c1", "j1", LONG_MS, parts)

    assert done is not None
    text = scene.files.files[done.result_key or ""].decode("utf-8-sig")
    states = {row["contact_id"]: row["state"] for row in csv.DictReader(io.StringIO(text))}
    assert states.pop(bad) == "unreadable"
    assert list(states.values()) == ["waiting", "waiting"]


def test_results_are_one_row_a_contact_and_no_formula() -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    first, second = scene.list_contacts("c1", numbers(212, 2))
    outcome = AttemptOutcome(
        n=1,
        at_ms=ms(NOON),
        disposition=Disposition.BUSY,
        call_id="call-1",
        cost_micros=120_000,
    )
    named = replace(first.details, name="=HYPERLINK(1)", given_id="k-7")
    scene.contacts.contacts["c1", first.contact_id] = replace(
        first,
        details=named,
        state=ContactState.DONE,
        reason="busy",
        due_at_ms=None,
        outcomes=(outcome,),
    )
    job(scene, EXPORT)
    parts = ExportParts(
        contacts=scene.contacts,
        jobs=scene.campaign_jobs,
        files=scene.files,
        clock=scene.clock,
        civil=scene.civil,
    )

    done = export_results("c1", "j1", LONG_MS, parts)

    assert done is not None
    text = scene.files.files[done.result_key or ""].decode("utf-8-sig")
    rows = {row["contact_id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 2
    assert set(rows[first.contact_id]) == set(COLUMNS)
    row = rows[first.contact_id]
    assert (row["name"], row["id"]) == ("'=HYPERLINK(1)", "k-7")
    assert (row["phone"], row["state"], row["reason"]) == (first.details.number, "done", "busy")
    assert (row["attempts"], row["rings"], row["last_disposition"]) == ("1", "1", "busy")
    assert (row["last_call_id"], row["cost_usd"]) == ("call-1", "0.1200")
    assert rows[second.contact_id]["next_attempt_at"].startswith("2026-11-18T17:59")
    assert export_results("c1", "j1", LONG_MS, parts) == done
    assert export_results("c1", "unknown", LONG_MS, parts) is None


# -- what the planner will do, and not what it would do now -----------------------------------


def counted(scene: CampaignScene) -> dict[str, int]:
    """The labels of a preview, with their counts."""
    job(scene, PREVIEW)
    done = preview_campaign("c1", "j1", LONG_MS, scene.preview)
    assert done is not None
    return dict(done.counts)


def tried(scene: CampaignScene, **changed: object) -> CampaignContact:
    """A contact that was called once, and waits for half an hour more."""
    [contact] = scene.list_contacts("c1", numbers(212, 1))
    outcome = AttemptOutcome(n=1, at_ms=scene.clock.now_ms(), disposition=Disposition.BUSY)
    due_ms = scene.clock.now_ms() + 1_800_000
    values: dict[str, object] = {"outcomes": (outcome,), "n": 2, "due_at_ms": due_ms}
    waits = replace(contact, **(values | changed))  # type: ignore[arg-type]
    scene.contacts.contacts["c1", contact.contact_id] = waits
    return waits


def test_who_waits_for_a_retry_and_wants_no_calls_any_more_is_not_called_later() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    number = tried(scene).details.number
    scene.permissions.permissions[number] = Permission(suppressed_at=NOON, version=2)

    assert counted(scene) == {"never:suppressed": 1}


def test_a_promised_call_is_made_when_it_was_promised() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    later_ms = scene.clock.now_ms() + 3_600_000
    tried(scene, outcomes=(), n=1, due_at_ms=later_ms, callback_at_ms=later_ms, urgent=True)

    assert counted(scene) == {"later:callback": 1}


def test_nobody_is_called_later_than_the_end() -> None:
    scene = CampaignScene()
    scene.clock.at_ms = ms(NOON - timedelta(minutes=30))
    scene.campaign("c1", endAt=(NOON - timedelta(minutes=10)).isoformat())
    tried(scene)  # due ten minutes after it
    scene.list_contacts("c1", ["+18082000014"])  # it is half past seven in Hawaii
    scene.list_contacts("c1", numbers(312, 1))

    assert counted(scene) == {"never:campaign_ends_before": 2, "callable": 1}


def test_a_campaign_that_starts_tomorrow_is_judged_for_its_start() -> None:
    scene = CampaignScene()
    scene.clock.advance(9 * 3_600_000)  # nobody may be called any more today
    scene.campaign("c1", start=False, startAt=(NOON + timedelta(days=1)).isoformat())
    scene.list_contacts("c1", numbers(212, 2))

    assert counted(scene) == {"callable": 2}
