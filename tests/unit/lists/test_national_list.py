"""A national do-not-call list: however it is written, whoever is on it is marked, once."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.services.campaign_errors import (
    LargeListError,
    NoListError,
    NothingToConfirmError,
)
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.services import list_steps
from contact_center.lists.services.import_contacts import import_contacts
from contact_center.lists.services.import_national_list import import_national_list
from contact_center.lists.services.import_ports import ImportJob, ImportState, NationalSource
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.lists.services.national_desk import NationalDesk
from contact_center.lists.services.national_parts import NationalParts
from contact_center.lists.services.show_import import show_import
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.contact_permission import CallHistory, Contact, Gates
from contact_center.permission.domain.contactability import Deny, may_call
from contact_center.permission.domain.national_listing import NationalListing
from contact_center.permission.domain.permission import Permission
from tests.bodies import list_said
from tests.campaign_scene import NOON, CampaignScene, ms
from tests.fakes.national_book import FakeNationalBook

if TYPE_CHECKING:
    from contact_center.lists.services.list_ports import Link

LONG_MS = 10**15
DAY = timedelta(days=1)
NUMBERS = [f"+1212234{line:04d}" for line in range(5600, 5620)]


@dataclass
class Desk:
    scene: CampaignScene = field(default_factory=CampaignScene)
    sent: list[ListJob] = field(default_factory=list)
    made: int = 0

    def __post_init__(self) -> None:
        scene = self.scene
        self.book = FakeNationalBook(scene.permissions)
        self.parts = NationalParts(
            imports=scene.imports,
            files=scene.files,
            book=self.book,
            rules=scene.rules,
            clock=scene.clock,
            civil=scene.civil,
        )
        self.desk = NationalDesk(
            imports=scene.imports,
            files=scene.files,
            queue=self,
            links=self,
            ids=self,
            rules=scene.rules,
            clock=scene.clock,
            civil=scene.civil,
        )

    def send(self, job: ListJob, delay_seconds: int = 0) -> None:
        del delay_seconds
        self.sent.append(job)

    def new(self) -> str:
        self.made += 1
        return f"word{self.made}"

    def upload(self, key: str, size: int | None) -> Link:
        raise NotImplementedError(key, size)

    def download(self, key: str, name: str) -> Link:
        raise NotImplementedError(key, name)

    def hand_in(self, text: str | bytes, **said: object) -> ImportJob:
        """Hand a list in and have it worked on to its end."""
        body = text if isinstance(text, bytes) else text.encode()
        told = self.desk.add(list_said({"country": "US"} | said), body)
        return self.work_on(str(told["importId"]))

    def confirmed(self, job: ImportJob) -> ImportJob:
        """Say that as many may go as the import says, and have it worked on to its end."""
        assert job.state is ImportState.UNCONFIRMED
        self.desk.confirm(job.import_id)
        return self.work_on(job.import_id)

    def work_on(self, import_id: str) -> ImportJob:
        after = import_national_list(import_id, LONG_MS, self.parts)
        assert after is not None
        return after

    def listing(self, number: str) -> NationalListing | None:
        return self.scene.permissions.read(number).national

    def listed(self) -> set[str]:
        return {
            number
            for number, one in self.scene.permissions.permissions.items()
            if one.national is not None and one.national.listed
        }


@pytest.fixture
def desk() -> Desk:
    return Desk()


def day(back: int) -> str:
    return (NOON - back * DAY).isoformat()


# -- however it is written -------------------------------------------------------------------

PLAIN = "\n".join(NUMBERS[:3])
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
    [(None, None), ("older", None), ("newer", "national_dnc")],
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


# -- in pieces, with crashes -----------------------------------------------------------------


def test_when_time_is_short_the_next_one_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_steps, "ROWS_PER_STEP", 2)
    desk.hand_in("\n".join(NUMBERS), asOf=day(30), complete=True)
    told = desk.desk.add(
        list_said({"country": "US", "asOf": day(1), "complete": True}),
        "\n".join(NUMBERS[:7]).encode(),
    )
    import_id, states = str(told["importId"]), []
    for _ in range(50):
        after = import_national_list(import_id, desk.scene.clock.now_ms(), desk.parts)
        assert after is not None
        states.append((after.state, after.offset, after.removed))
        if after.state is ImportState.UNCONFIRMED:
            desk.desk.confirm(import_id)
        if not after.open:
            break

    assert states[-1][0] is ImportState.DONE
    assert len(states) > 5  # a step or a page at a time
    assert desk.listed() == set(NUMBERS[:7])
    assert states == sorted(states, key=lambda one: (one[1], one[2]))
    assert ImportState.UNCONFIRMED in {state for state, _, _ in states}


@pytest.mark.parametrize("call", range(1, 40))
def test_a_crash_anywhere_comes_to_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    monkeypatch.setattr(list_steps, "ROWS_PER_STEP", 3)
    desk.hand_in("\n".join(NUMBERS), asOf=day(30), complete=True)
    told = desk.desk.add(
        list_said({"country": "US", "asOf": day(1), "complete": True}),
        "\n".join(NUMBERS[:7]).encode(),
    )
    crashes = CrashesOnce(call)
    parts = replace(
        desk.parts,
        imports=crashes.around(desk.parts.imports, "commit"),
        book=crashes.around(desk.parts.book, "mark", "take_off", "count_listed"),
        files=crashes.around(desk.parts.files, "write"),
    )
    import_id = str(told["importId"])
    for _ in range(4):
        try:
            after = import_national_list(import_id, LONG_MS, parts)
        except StoreUnavailableError:
            continue
        if after is not None and after.state is ImportState.UNCONFIRMED:
            desk.desk.confirm(import_id)

    job = desk.scene.imports.read(str(told["importId"]))
    assert job is not None
    assert (job.state, job.rows, job.bad) == (ImportState.DONE, 7, 0)
    assert desk.listed() == set(NUMBERS[:7])


class CrashesOnce:
    """Dies right after, or for want of a reply right behind, the n-th of some calls."""

    def __init__(self, at: int) -> None:
        self.left = at

    def around(self, real: object, *names: str) -> Any:
        crashes = self

        class Around:
            def __getattr__(self, name: str) -> object:
                found = getattr(real, name)
                if name not in names:
                    return found

                def called(*given: object) -> object:
                    crashes.left -= 1
                    if crashes.left == 0:
                        raise StoreUnavailableError
                    answer = found(*given)
                    if crashes.left == -1:
                        raise StoreUnavailableError  # done, and nobody was told
                    return answer

                return called

        return Around()


@pytest.mark.long
def test_memory_does_not_grow_with_the_list(desk: Desk) -> None:
    def peak(numbers: int) -> int:
        lines = "".join(f"212{2_000_000 + at % 900:07d}\n" for at in range(numbers))
        told = desk.desk.add(list_said({"country": "US"}), lines.encode())
        tracemalloc.start()
        desk.work_on(str(told["importId"]))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1_000)  # tables of the number library are read once
    small, large = peak(1_000), peak(4_000)
    assert large - small < 100_000  # a byte a number would be more than steps and caches differ


# -- the desk --------------------------------------------------------------------------------


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


# -- lists of changes ------------------------------------------------------------------------

CHANGES = {
    "as the registry writes them": "212,2345600,D,2026-11-18\n212,2345603,A,2026-11-18\n",
    "one cell for the number": "2122345600,d\n2122345603,A\n",
    "under names": "Phone Number,Change\n2122345600,Delete\n2122345603,Add\n",
    "area code and number under names": "area_code,phone,action\n212,2345600,D\n212,2345603,A\n",
    "an action nobody knows lists": "phone,action\n2122345600,remove\n2122345603,?\n",
}


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES.keys())
def test_a_list_of_changes_takes_off_whom_it_says_and_nobody_else(desk: Desk, text: str) -> None:
    desk.hand_in(PLAIN, asOf=day(9))

    job = desk.hand_in(text, asOf=day(1))

    assert (job.state, job.added, job.removed, job.bad) == (ImportState.DONE, 1, 1, 0)
    assert desk.listed() == {*NUMBERS[1:4]}


def test_it_says_which_columns_were_taken_for_what(desk: Desk) -> None:
    job = desk.hand_in("area_code,Phone,Name,Action\n212,2345600,x,A\n")

    columns = show_import(job, None)["columns"]
    assert isinstance(columns, list)
    taken = ["area_code", "phone", "nothing", "change"]
    assert [one["takenFor"] for one in columns] == taken
    assert desk.listed() == {NUMBERS[0]}


def test_of_a_number_that_comes_and_goes_the_last_word_counts(desk: Desk) -> None:
    desk.hand_in("2122345600,A\n2122345601,D\n2122345600,D\n2122345601,A\n", asOf=day(1))

    assert desk.listed() == {NUMBERS[1]}


def test_a_change_list_that_comes_late_takes_nobody_off_whom_a_newer_list_names(desk: Desk) -> None:
    desk.hand_in(PLAIN, asOf=day(1))

    desk.hand_in("2122345600,D\n", asOf=day(9))

    assert NUMBERS[0] in desk.listed()


def test_a_list_of_changes_is_never_taken_for_a_complete_one(desk: Desk) -> None:
    desk.hand_in(PLAIN, asOf=day(9))

    job = desk.hand_in("2122345605,A\n2122345600,D\n", asOf=day(1), complete=True)

    assert job.state is ImportState.FAILED
    assert job.error is not None
    assert (job.error.line, "without complete" in job.error.reason) == (2, True)
    assert {*NUMBERS[:3]} <= desk.listed()


@pytest.mark.parametrize(
    "text",
    ["phone\r2122345600\r2122345601\r\n",
     "phone,x\r2122345600,1\n2122345601,2\n",
     "Tel.\n212 234 5600\n2122345601\n"],
)  # fmt: skip
def test_a_list_is_read_whatever_ends_its_lines_and_names_its_column(desk: Desk, text: str) -> None:
    job = desk.hand_in(text)

    assert (job.state, desk.listed()) == (ImportState.DONE, {*NUMBERS[:2]})


def test_no_number_vanishes_between_two_quotes(desk: Desk) -> None:
    job = desk.hand_in('"2122345600\n2122345601\n2122345602"\n2122345603\n')

    assert (job.bad, job.first_bad[0].line) == (1, 1)
    assert desk.listed() == {*NUMBERS[1:4]}
