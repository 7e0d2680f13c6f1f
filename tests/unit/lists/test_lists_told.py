"""What whoever brought a list is told of it, and what a list that failed holds up."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from contact_center.campaigns.services.campaign_errors import FailedListError
from contact_center.campaigns.services.change_campaign import start_campaign
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_contacts import import_contacts
from contact_center.lists.services.import_ports import ImportJob, ImportState
from contact_center.lists.services.show_import import columns_of, show_import
from tests.campaign_scene import LONG_MS, CampaignScene
from tests.unit.lists.brought_lists import CONSENT, GIVEN, NUMBER, brought, previewed


def test_the_answer_to_a_list_says_what_its_columns_are_taken_for() -> None:
    body = b"Phone Number;Time Zone;City;Notes;Notes;DNC\n1;2;3;4;5;6\n"

    told = columns_of(body)

    assert told is not None
    assert [(one["column"], one["name"], one["takenFor"], one["variable"]) for one in told] == [
        ("A", "Phone Number", "phone", None),
        ("B", "Time Zone", "timezone", None),
        ("C", "City", "variable", "city"),
        ("D", "Notes", "variable", "notes"),
        ("E", "Notes", "nothing", None),
        ("F", "DNC", "do_not_call", None),
    ]
    assert columns_of(b"fax\n1\n") is None


def test_columns_are_known_before_the_first_contact_is_stored() -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    add_contacts("c1", "i", f"Phone,tz\n{NUMBER},\n".encode(), "US", scene.change)
    seen: list[tuple[int, object]] = []
    commit = scene.imports.commit

    def watched(job: ImportJob, contacts: list[object]) -> ImportJob:
        before = scene.imports.read(job.import_id)
        assert before is not None
        seen.append((len(contacts), show_import(before, None)["columns"]))
        return commit(job, contacts)  # type: ignore[arg-type]

    scene.imports.commit = watched  # type: ignore[method-assign, assignment]
    import_contacts("c1.i", LONG_MS, scene.importing)

    [columns] = [columns for contacts, columns in seen if contacts]
    assert isinstance(columns, list)
    assert [one["takenFor"] for one in columns] == ["phone", "timezone"]


def test_a_bad_line_is_found_again_in_the_spreadsheet_it_came_from() -> None:
    body = (
        'sep=,\nLeads\n\nname,phone\nAnn,"+12122000014"\n"Bea\nBeatrice",212-200-0021 x5\n'
        "Cat,\u202a+1212200\u3164\n"
    )
    _, job = brought(body)

    first, second = job.first_bad
    # The spreadsheet shows no `sep=`, and one row for the name of two lines.
    assert (first.line, first.row, first.column) == (6, 5, "B (phone)")
    assert first.shape == "999-999-9999 a9"
    assert (second.line, second.row) == (8, 6)
    assert second.shape == "U+202A+9999999U+3164"
    assert "U+3164" in second.reason


def test_a_preview_says_which_rows_are_not_called_and_why() -> None:
    scene, _ = brought(
        f"phone,state,{CONSENT}\n+12122000014,,{GIVEN}\n+12122000021,,,,\n+12122000028,,,,\n"
    )
    brought(f"phone,DNC,{CONSENT}\n+12122000035,1,{GIVEN}\n", scene=scene, word="j")

    told = previewed(scene)

    assert (told["callable"], told["neverBy"]) == (1, {"no_consent": 2, "suppressed": 1})
    assert told["rowsBy"] == {
        "no_consent": [{"importId": "c1.i", "row": 3}, {"importId": "c1.i", "row": 4}],
        "suppressed": [{"importId": "c1.j", "row": 2}],
    }


def test_all_that_is_told_of_a_list_holds_no_person() -> None:
    body = "phone,name,DNC,state\n212-200-0014 x5,Zebulon,,\n+12122000021,Zebulon,huh,\n"
    scene, job = brought(body)

    told = json.dumps(show_import(job, None))
    report = scene.files.files[job.report_key or ""].decode()
    assert job.bad == 2
    for text in (told, report):
        assert not any(word in text for word in ("Zebulon", "200", "0014", "huh"))


# -- a campaign on a list that failed --------------------------------------------------------


def test_a_campaign_does_not_start_on_a_list_that_failed_until_it_is_mended() -> None:
    scene, failed = brought("name,fax\nAnn,1\n")

    with pytest.raises(FailedListError) as refused:
        start_campaign("c1", scene.change)
    assert refused.value.import_id == failed.import_id
    assert refused.value.fault.startswith("line 1: file names no column for the telephone")

    scene.clock.advance(1)
    brought(f"phone\n{NUMBER}\n", scene=scene, word="mended")
    assert start_campaign("c1", scene.change).running


def test_a_list_that_failed_after_another_was_read_holds_the_campaign_as_well() -> None:
    scene, _ = brought(f"phone\n{NUMBER}\n")
    scene.clock.advance(1)
    brought("fax\n1\n", scene=scene, word="second")

    with pytest.raises(FailedListError):
        start_campaign("c1", scene.change)


def test_a_list_that_never_came_or_is_still_to_come_holds_nobody() -> None:
    scene, _ = brought(f"phone\n{NUMBER}\n")
    scene.clock.advance(1)
    waiting = add_contacts("c1", "later", None, "US", scene.change)
    late = replace(waiting, created_at_ms=0)
    scene.imports.jobs[late.import_id] = late
    gone = import_contacts(late.import_id, LONG_MS, scene.importing)

    assert gone is not None
    assert gone.state is ImportState.FAILED
    assert start_campaign("c1", scene.change).running


def test_a_campaign_that_was_started_before_runs_on() -> None:
    scene, _ = brought(f"phone\n{NUMBER}\n")
    start_campaign("c1", scene.change)
    scene.clock.advance(1)
    brought("fax\n1\n", scene=scene, word="second")

    assert start_campaign("c1", scene.change).running
