"""A national list, however written: again, newer, older, and sure before it takes many off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.campaigns.services.campaign_errors import (
    NoListError,
    NothingToConfirmError,
)
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.lists.services import list_steps
from contact_center.lists.services.import_national_list import import_national_list
from contact_center.lists.services.import_ports import ImportState
from contact_center.lists.services.list_ports import ListKind
from contact_center.lists.services.show_import import show_import
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.contact_permission import CallHistory, Contact, Gates
from contact_center.permission.domain.contactability import Deny, may_call
from contact_center.permission.domain.national_listing import NationalListing
from contact_center.permission.domain.permission import Permission
from tests.bodies import list_said
from tests.campaign_scene import NOON, ms
from tests.unit.lists.national_desk import (
    DAY,
    NUMBERS,
    PLAIN,
    Desk,
    day,
)

# -- however it is written -------------------------------------------------------------------


WRITTEN = {
    "lines of numbers": PLAIN,
    "as people write them": "(212) 234-5600\r\n212-234-5601\r\n+1 212 234 5602\r\n",
    "area code and rest, as the registry does": "212,2345600\n212,2345601\n212,2345602\n",
    "a column among others": "name;Phone Number\nAda;2122345600\nBob;2122345601\nCy;2122345602",
    "a spreadsheet's UTF-16": PLAIN.encode("utf-16"),
    "UTF-8 with its mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "Windows-1252 with a name": "phone,name\n2122345600,Jos\xe9\n2122345601,\n2122345602,".encode(
        "cp1252"
    ),
    "old Macintosh": PLAIN.replace("\n", "\r"),
    "with empty lines and doubles": f"\n\n{PLAIN}\n\n{PLAIN}\n",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_list_is_read_however_it_is_written(desk: Desk, text: str | bytes) -> None:
    job = desk.hand_in(text, asOf=day(1), name="registry, November")

    assert (job.state, job.bad, job.added) == (ImportState.DONE, 0, 3)
    assert desk.listed() == set(NUMBERS[:3])
    listing = desk.listing(NUMBERS[0])
    assert listing is not None
    assert (listing.name, listing.country) == ("registry, November", "US")
    assert listing.imported_at == NOON - DAY


def test_bad_lines_are_named_and_the_others_count(desk: Desk) -> None:
    job = desk.hand_in(f"{PLAIN}\nnot a number\n+44 20 7946 0958\n")

    assert (job.state, job.rows, job.added, job.bad) == (ImportState.DONE, 5, 3, 2)
    assert [(one.line, one.field) for one in job.first_bad] == [(4, "phone"), (5, "phone")]
    assert job.report_key is not None
    report = desk.scene.files.files[job.report_key].decode("utf-8-sig")
    assert report.splitlines()[0] == "line,field,reason,row,column,looks_like"
    assert len(report.splitlines()) == 3
    assert "7946" not in report  # a report is read by many: no number in it


@pytest.mark.parametrize("text", ["name,city\nAda,Rome\n", b"\x00\x01\x02\xff" * 50, "\n\n \n"])
def test_what_is_no_list_fails_and_says_so(desk: Desk, text: str | bytes) -> None:
    if not text.strip():
        with pytest.raises(FieldError):
            desk.hand_in(text)
        return
    job = desk.hand_in(text)

    assert (job.state, job.error is not None) == (ImportState.FAILED, True)
    assert desk.listed() == set()


# -- again, newer, older ---------------------------------------------------------------------


def test_the_same_list_again_changes_nothing(desk: Desk) -> None:
    desk.hand_in(PLAIN, asOf=day(1))
    before = dict(desk.scene.permissions.permissions)
    writes = desk.scene.permissions.writes

    again = desk.hand_in(PLAIN, asOf=day(1))

    assert (again.state, again.added, again.known) == (ImportState.DONE, 0, 3)
    assert desk.scene.permissions.permissions == before
    assert desk.scene.permissions.writes == writes


def test_a_newer_complete_list_takes_off_whom_it_has_no_more(desk: Desk) -> None:
    desk.hand_in("\n".join(NUMBERS), asOf=day(30), complete=True)

    newer = desk.confirmed(desk.hand_in("\n".join(NUMBERS[:8]), asOf=day(1), complete="true"))

    assert (newer.state, newer.removed) == (ImportState.DONE, 12)
    assert desk.listed() == set(NUMBERS[:8])
    off = desk.listing(NUMBERS[-1])
    assert off is not None
    assert (off.listed, off.imported_at) == (False, NOON - DAY)


def test_a_part_of_a_list_takes_nobody_off(desk: Desk) -> None:
    desk.hand_in("\n".join(NUMBERS), asOf=day(30), complete=True)

    newer = desk.hand_in("\n".join(NUMBERS[:8]), asOf=day(1))

    assert newer.removed == 0
    assert desk.listed() == set(NUMBERS)


def test_an_older_list_says_nothing_against_a_newer_one(desk: Desk) -> None:
    desk.hand_in("\n".join(NUMBERS[:8]), asOf=day(1), complete=True)
    known = desk.listing(NUMBERS[0])

    older = desk.hand_in("\n".join(NUMBERS), asOf=day(30), complete=True)

    assert older.removed == 0
    assert desk.listing(NUMBERS[0]) == known


def test_a_complete_list_that_is_mostly_wrong_takes_nobody_off(desk: Desk) -> None:
    desk.hand_in("\n".join(NUMBERS), asOf=day(30), complete=True)

    broken = desk.hand_in("2122345600\nx\ny\nz\n", asOf=day(1), complete=True)

    assert broken.state is ImportState.FAILED
    assert desk.listed() == set(NUMBERS)


def test_lists_of_other_countries_are_left_alone(desk: Desk) -> None:
    desk.hand_in("020 7946 0958\n", country="GB", asOf=day(20), complete=True)
    desk.hand_in(PLAIN, asOf=day(1), complete=True)

    assert "+442079460958" in desk.listed()


def test_what_a_person_permits_besides_stays(desk: Desk) -> None:
    consent = Consent(kind="express_written", at=NOON - DAY, source="web form")
    desk.scene.permissions.permissions[NUMBERS[0]] = Permission(consents=(consent,), version=4)

    desk.hand_in(PLAIN)

    after = desk.scene.permissions.read(NUMBERS[0])
    assert (after.consents, after.version) == ((consent,), 5)  # claims judged before it are lost


@pytest.mark.parametrize(
    ("listing", "reason"),
    [(None, None), ("older", None), ("its own", "national_dnc"), ("newer", "national_dnc")],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_whoever_a_complete_list_does_not_name_is_not_on_it(
    desk: Desk,
    listing: str | None,
    reason: str | None,
    fresh: bool,  # noqa: FBT001
) -> None:
    usa = replace(desk.scene.rules.national_lists["US"], required=True, lifted_by={"marketing": ()})
    strict = replace(desk.scene.rules, national_lists={"US": usa})
    complete_at = NOON - (10 if fresh else 40) * DAY
    said = {
        None: None,
        "older": NationalListing(listed=True, imported_at=complete_at - DAY),
        "its own": NationalListing(listed=True, imported_at=complete_at),
        "newer": NationalListing(listed=True, imported_at=complete_at + DAY),
    }[listing]
    known = Contact(
        purpose="marketing",
        consents=(Consent(kind="express_written", at=NOON - DAY, source="web form"),),
        national=said,
        complete_lists={"US": complete_at, "GB": NOON},
    )
    number = parse_phone_number(NUMBERS[0])
    verdict = may_call(number, known, CallHistory(), NOON, strict, Gates())

    denied = verdict.reason if isinstance(verdict, Deny) else None
    assert denied == ("national_dnc" if not fresh else reason)


def test_a_complete_list_is_known_as_such_once_it_is_done(desk: Desk) -> None:
    desk.hand_in(PLAIN, asOf=day(3))
    assert desk.book.complete_ms == {}
    desk.hand_in(PLAIN, asOf=day(2), complete=True)
    desk.hand_in(PLAIN, asOf=day(9), complete=True)
    assert desk.book.complete_ms == {"US": ms(NOON - 2 * DAY)}


# -- sure, or asked --------------------------------------------------------------------------

REGISTRY = [f"+1212{line:07d}" for line in range(2_345_600, 2_346_100)]


def test_a_complete_list_of_a_single_line_takes_nobody_off_before_an_operator_says_so(
    desk: Desk,
) -> None:
    desk.hand_in("\n".join(REGISTRY), asOf=day(30), complete=True)

    asks = desk.hand_in(REGISTRY[7], asOf=day(1), complete=True)

    shown = show_import(asks, None)
    assert (shown["state"], shown["wouldRemove"], shown["knownBefore"]) == (
        "unconfirmed",
        499,
        500,
    )
    assert desk.listed() == set(REGISTRY)
    assert desk.book.complete_ms == {"US": ms(NOON - 30 * DAY)}
    assert asks.look_at_ms is None  # it waits for a word, not for a tick
    assert desk.work_on(asks.import_id) == asks

    desk.sent.clear()
    assert desk.desk.confirm(asks.import_id)["state"] == "running"
    assert [job.kind for job in desk.sent] == [ListKind.NATIONAL]
    done = desk.work_on(asks.import_id)
    assert (done.state, done.removed) == (ImportState.DONE, 499)
    assert desk.listed() == {REGISTRY[7]}
    assert desk.desk.confirm(asks.import_id)["state"] == "done"  # said twice: nothing new


@pytest.mark.parametrize(("kept", "state"), [(95, ImportState.DONE), (94, ImportState.UNCONFIRMED)])
def test_a_few_percent_go_without_a_word(desk: Desk, kept: int, state: ImportState) -> None:
    desk.hand_in("\n".join(REGISTRY[:100]), asOf=day(30), complete=True)
    fresh = [f"+1213{line:07d}" for line in range(2_345_600, 2_345_900)]  # they make up for nobody

    job = desk.hand_in("\n".join(REGISTRY[:kept] + fresh), asOf=day(1), complete=True)

    assert job.state is state


def test_only_an_import_that_asks_is_confirmed(desk: Desk) -> None:
    done = desk.hand_in(PLAIN)
    with pytest.raises(NothingToConfirmError):
        desk.desk.confirm(done.import_id)
    for word in ("national-US.none", "no/id"):
        with pytest.raises(NoListError):
            desk.desk.confirm(word)
    assert desk.work_on(done.import_id) == done


def test_a_list_that_is_replaced_while_it_is_read_is_read_no_further(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_steps, "ROWS_PER_STEP", 5)
    desk.hand_in("\n".join(NUMBERS), asOf=day(30), complete=True)
    said = list_said({"country": "US", "asOf": day(1), "complete": True})
    told = desk.desk.add(said, "\n".join(NUMBERS).encode())
    import_id = str(told["importId"])
    begun = import_national_list(import_id, desk.scene.clock.now_ms(), desk.parts)
    while begun is not None and not begun.rows:
        begun = import_national_list(import_id, desk.scene.clock.now_ms(), desk.parts)
    assert begun is not None
    assert begun.open
    files = desk.scene.files.files
    files[begun.file_key] = b"x" * len(files[begun.file_key])

    after = desk.work_on(import_id)

    assert after.state is ImportState.FAILED
    assert after.error is not None
    assert "replaced" in after.error.reason
    assert desk.listed() == set(NUMBERS)


def test_a_list_that_is_replaced_before_its_first_line_is_read_is_not_mixed(desk: Desk) -> None:
    told = desk.desk.add(
        list_said({"country": "US", "complete": True}), "\n".join(NUMBERS).encode()
    )
    size = desk.scene.files.size

    def replaced(key: str) -> int | None:
        found = size(key)
        desk.scene.files.files[key] = PLAIN.encode()
        return found

    desk.scene.files.size = replaced  # type: ignore[method-assign]
    assert desk.work_on(str(told["importId"])).state is ImportState.FAILED
    assert desk.listed() == set()
