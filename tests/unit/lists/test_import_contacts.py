"""Lists of any make become contacts, each once; every bad line is named; memory is flat."""

from __future__ import annotations

import csv
import gc
import io
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.campaigns.domain.campaigns import CampaignEvent, changed
from contact_center.campaigns.services.change_campaign import cancel_campaign
from contact_center.lists.domain.columns import names_a_phone
from contact_center.lists.services import file_lines
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.contact_csv import CsvRows, Place, Row
from contact_center.lists.services.import_contacts import import_contacts
from contact_center.lists.services.import_ports import BadLine, ImportJob, ImportState
from contact_center.lists.services.list_header import NoHeaderError, read_header
from tests.campaign_scene import LONG_MS, CampaignScene, numbers
from tests.fakes.campaign_people import FakeFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact


def scene_with(body: bytes) -> CampaignScene:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    add_contacts("c1", "i", body, "US", scene.change)
    return scene


def imported(body: bytes) -> tuple[CampaignScene, ImportJob]:
    scene = scene_with(b"")
    scene.files.files["imports/c1.i/inline.csv"] = body
    job = import_contacts("c1.i", LONG_MS, scene.importing)
    assert job is not None
    return scene, job


def contacts_of(scene: CampaignScene) -> dict[str, CampaignContact]:
    return {one.details.number: one for one in scene.contacts.of("c1")}


# -- rows ------------------------------------------------------------------------------------


def test_columns_that_are_ours_become_fields_and_the_others_variables() -> None:
    body = (
        b"Phone,ID,Name,Timezone,ZIP,State,consent_kind,consent_at,consent_source,Last Order\n"
        b"(212) 200-0014,k-7,Ada,America/New_York,2139,ny,express_written,"
        b"2026-01-05T12:00:00Z,web form,a kettle\n"
    )

    scene, job = imported(body)

    assert (job.state, job.added, job.bad) == (ImportState.DONE, 1, 0)
    [contact] = scene.contacts.of("c1")
    details = contact.details
    assert (details.number, details.prefix) == ("+12122000014", "+1212")
    assert (details.given_id, details.name) == ("k-7", "Ada")
    assert (details.timezone, details.postal_code, details.state) == (
        "America/New_York",
        "02139",
        "NY",
    )
    assert details.variables == {"last_order": "a kettle"}
    [consent] = scene.permissions.read("+12122000014").consents
    assert (consent.kind, consent.source) == ("express_written", "web form")


@pytest.mark.parametrize("rows_between", [0, 300])
def test_what_a_second_row_of_a_number_says_was_agreed_to_is_kept(rows_between: int) -> None:
    others = "".join(f"+1312{2_000_000 + at},,,\n" for at in range(rows_between))
    body = (
        "phone,consent_kind,consent_at,consent_source\n"
        "(212) 200-0014,express,2026-01-05T12:00:00Z,telephone\n"
        f"{others}+1 212.200.0014,express_written,2026-02-05T12:00:00Z,web form\n"
        "2122000014,,,\n"
    )

    scene, job = imported(body.encode())

    assert (job.added, job.known, job.bad) == (1 + rows_between, 2, 0)
    consents = scene.permissions.read("+12122000014").consents
    assert [one.source for one in consents] == ["telephone", "web form"]


@pytest.mark.parametrize(
    ("cells", "field", "word"),
    [
        (",Ada,,,,,,", "phone", "empty"),
        ("911,Ada,,,,,,", "phone", "too short"),
        ("4.15E+09,Ada,,,,,,", "phone", "no letters"),
        ("+19002000014,Ada,,,,,,", "phone", "premium"),
        ("+33123456789,Ada,,,,,,", "phone", "country without a row"),
        ("+12122000014,Ada,EST,,,,,", "timezone", "IANA"),
        ("+12122000014,Ada,,1,,,,", "zip", "ZIP"),
        ("+12122000014,Ada,,,Nowhere,,,", "state", "TX or Texas"),
        ("+12122000014,Ada,,,,written,2026-01-01T00:00Z,web", "consent_kind", "express"),
        ("+12122000014,Ada,,,,express,2026-01-01,web", "consent_at", "time zone"),
        ("+12122000014,Ada,,,,express,2096-01-01T00:00Z,web", "consent_at", "past"),
        ("+12122000014,Ada,,,,express,2026-01-01T00:00Z,", "consent_source", "text"),
        ("+12122000014,Ada,,,,express,,web", "consent_at", "ISO 8601"),
        ("+12122000014,Ada,,,,,,,too,many", "line", "10 cells"),
        ('+12122000014,"Ada"x,,,,,,', "line", "quote"),
        ("+12122000014,A\x07da,,,,,,", "name", "control"),
    ],
)
def test_a_bad_line_is_named_with_its_number_its_column_and_the_reason(
    cells: str, field: str, word: str
) -> None:
    header = "phone,name,timezone,zip,state,consent_kind,consent_at,consent_source"
    good = "+12122000021,Bob,,,,,,"

    scene, job = imported(f"{header}\n{good}\n{cells}\n".encode())

    assert (job.added, job.bad, job.rows) == (1, 1, 2)
    [bad] = job.first_bad
    assert (bad.line, bad.field) == (3, field)
    assert word in bad.reason
    report = list(
        csv.reader(io.StringIO(scene.files.files[job.report_key or ""].decode("utf-8-sig")))
    )
    assert report[0] == ["line", "field", "reason", "row", "column", "looks_like"]
    assert report[1:] == [["3", field, bad.reason, "3", bad.column, bad.shape]]
    assert "Ada" not in bad.reason
    assert "2000014" not in bad.reason


def test_of_a_repeated_number_the_first_row_wins_and_a_second_import_changes_nothing() -> None:
    body = b"phone,name\n+12122000014,first\n2122000014,second\n+12122000021,other\n"
    scene, job = imported(body)
    before = dict(scene.contacts.contacts)
    add_contacts("c1", "again", b"phone,name\n+12122000014,third\n", "US", scene.change)

    again = import_contacts("c1.again", LONG_MS, scene.importing)

    assert contacts_of(scene)["+12122000014"].details.name == "first"
    assert (job.rows, job.added, job.known) == (3, 2, 1)
    assert again is not None
    assert (again.added, again.known) == (0, 1)
    assert scene.contacts.contacts == before
    assert scene.labels("c1") == {"waiting": 2}


def test_an_import_does_not_bring_back_a_contact_that_was_withdrawn_or_is_done() -> None:
    scene, _ = imported(b"phone\n+12122000014\n")
    [contact] = scene.contacts.of("c1")
    done = replace(contact, state=contact.state.WITHDRAWN, due_at_ms=None)
    scene.contacts.contacts["c1", contact.contact_id] = done
    add_contacts("c1", "again", b"phone\n+12122000014\n", "US", scene.change)

    import_contacts("c1.again", LONG_MS, scene.importing)

    assert scene.contacts.of("c1") == [done]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no line that names the columns"),
        (b"name,fax\nAda,+12122000014\n", "A (name), B (fax)"),
        (b"phone,phone\n1,2\n", "twice"),
        (b"phone," + b",".join(b"v%d" % n for n in range(600)) + b"\n", "500 columns"),
    ],
)
def test_a_file_that_is_no_list_fails_as_a_whole(body: bytes, reason: str) -> None:
    _, job = imported(body)

    assert job.state is ImportState.FAILED
    assert job.error is not None
    assert reason in job.error.reason


def test_an_import_waits_for_its_file_and_refuses_a_cancelled_campaign() -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    job = add_contacts("c1", "i", None, "US", scene.change)

    waiting = import_contacts("c1.i", LONG_MS, scene.importing)
    cancel_campaign("c1", scene.change)
    scene.files.files[job.file_key] = b"phone\n+12122000014\n"
    failed = import_contacts("c1.i", LONG_MS, scene.importing)

    assert waiting == job
    assert failed is not None
    assert (failed.state, failed.error) == (
        ImportState.FAILED,
        BadLine(0, "campaign", "takes no contacts any more"),
    )


@pytest.mark.parametrize(("before_ms", "state"), [(7_000, "running"), (600_000, "finished")])
def test_a_campaign_that_had_only_just_finished_when_its_list_came_runs_on(
    before_ms: int, state: str
) -> None:
    # By another clock, or while the request that brought the list was on its way once more.
    scene = CampaignScene()
    running = scene.campaign("c1")
    at_ms = scene.change.now_ms() - before_ms
    scene.campaigns.save(running, changed(running, CampaignEvent.FINISH, at_ms), None)
    add_contacts("c1", "i", b"phone\n+12122000014\n", "US", scene.change)

    job = import_contacts("c1.i", LONG_MS, scene.importing)

    assert job is not None
    assert job.added == 1
    found = scene.campaigns.read("c1")
    assert found is not None
    assert found.state == state


def test_a_campaign_is_woken_before_its_list_is_over_for_then_nobody_takes_it_up_again() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    add_contacts("c1", "i", b"phone\n+12122000014\n", "US", scene.change)
    woken: list[tuple[ImportState, int]] = []
    look_soon = scene.campaigns.look_soon

    def seen(campaign_id: str, at_ms: int) -> None:
        woken.append((scene.imports.jobs["c1.i"].state, len(scene.contacts.of("c1"))))
        look_soon(campaign_id, at_ms)

    scene.campaigns.look_soon = seen  # type: ignore[method-assign]
    job = import_contacts("c1.i", LONG_MS, scene.importing)
    assert job is not None
    assert job.state is ImportState.DONE
    assert woken[-1] == (ImportState.RUNNING, 1)
    assert all(state is not ImportState.DONE for state, _ in woken)


# -- files of any make -----------------------------------------------------------------------

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
plain = st.characters(codec="cp1252", exclude_categories=["Cc", "Cs"])
# Accented letters stand among plain ones, as in Western text: words of them are another script.
cells_drawn = st.text(plain, max_size=8).map(lambda text: text and f"x{'x'.join(text)}x")


def test_the_longest_contacts_of_any_script_go_in_as_many_transactions_as_it_takes() -> None:
    said = ",".join(["\N{GRINNING FACE}" * 990] * 8)
    head = ",".join(["phone", *(f"v{place}" for place in range(8))])
    rows = "".join(f"{number},{said}\n" for number in numbers(212, 120))

    scene, job = imported(f"{head}\n{rows}".encode())

    assert (job.state, job.added) == (ImportState.DONE, 120)
    assert scene.labels("c1") == {"waiting": 120}


@given(
    rows=st.lists(st.tuples(cells_drawn, cells_drawn), max_size=12),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from(",;\t|"),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    newline_inside=st.booleans(),
)
def test_any_encoding_delimiter_and_line_end_reads_as_written(
    rows: list[tuple[str, str]],
    encoding: str,
    delimiter: str,
    ending: str,
    newline_inside: bool,  # noqa: FBT001  drawn
) -> None:
    if newline_inside and ending != "\r":
        rows = [(name, f"{city}\nsecond line") for name, city in rows]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerow(["phone", "name", "city"])
    for place, (name, city) in enumerate(rows):
        writer.writerow([f"+1212200{place * 7:04d}", name, city])

    scene, job = imported(text.getvalue().encode(encoding))

    assert (job.state, job.bad, job.added) == (ImportState.DONE, 0, len(rows))
    read = contacts_of(scene)
    for place, (name, city) in enumerate(rows):
        details = read[f"+1212200{place * 7:04d}"].details
        assert (details.name or "") == name
        assert details.variables.get("city", "") == city.strip()
    assert bool(job.warnings) == (encoding == "cp1252" and not text.getvalue().isascii())


def test_a_file_of_two_encodings_is_read_line_by_line() -> None:
    body = b"phone,name\n+12122000014," + "José".encode() + b"\n"
    body += b"+12122000021," + "José".encode("cp1252") + b"\n"

    scene, _ = imported(body)

    assert [one.details.name for one in contacts_of(scene).values()] == ["José", "José"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("read_bytes", [5, 7, 64])
def test_pieces_that_cut_a_character_or_a_line_end_in_two_change_nothing(
    encoding: str, read_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_lines, "READ_BYTES", read_bytes)
    names = ["\u0a05\u0100", "\u010a\u0a0a", "plain", "\u000a".join("ab")]
    lines = ["phone,name"]
    lines += [f'+1212200{place * 7:04d},"{name}"' for place, name in enumerate(names)]

    scene, job = imported("\n".join(lines).encode(encoding))

    assert job.bad == 0
    assert {one.details.number: one.details.name for one in scene.contacts.of("c1")} == {
        f"+1212200{place * 7:04d}": name for place, name in enumerate(names)
    }


def test_a_spreadsheet_s_first_line_and_blank_lines_say_nothing() -> None:
    scene, job = imported(b"sep=;\r\n\r\nphone;name\r\n\r\n+12122000014;Ada\r\n;\r\n\r\n")

    assert (job.added, job.rows, job.bad) == (1, 1, 0)
    assert contacts_of(scene)["+12122000014"].details.name == "Ada"


@given(st.binary(max_size=400))
def test_no_bytes_whatever_stop_an_import(body: bytes) -> None:
    _, job = imported(b"phone,name\n" + body)

    assert job.state in {ImportState.DONE, ImportState.FAILED}
    if job.state is ImportState.DONE:
        assert job.added + job.known + job.bad == job.rows


def test_an_open_quote_costs_its_own_line_and_not_the_rest() -> None:
    good = "".join(f"{number},x\n" for number in numbers(212, 500))

    scene, job = imported(f'phone,name\n+13122000014,"never closed\n{good}'.encode())

    assert (job.added, job.bad) == (500, 1)
    assert job.first_bad[0].line == 2
    assert len(scene.contacts.of("c1")) == 500


def test_a_line_without_an_end_is_one_bad_line() -> None:
    huge = b"+13122000014," + b"x" * 3_000_000 + b"\n"

    _, job = imported(b"phone,name\n" + huge + b"+12122000014,Ada\n")

    assert (job.added, job.bad, job.first_bad[0].line) == (1, 1, 2)


def rows_from(files: FakeFiles, place: Place) -> list[Row]:
    return list(CsvRows(files, "k", place))


@given(
    cells=st.lists(
        st.lists(st.text('ab,"\n ', max_size=6), min_size=2, max_size=2), min_size=1, max_size=8
    )
)
def test_reading_can_go_on_at_any_row(cells: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["phone", "name"], *cells])
    files = FakeFiles({"k": text.getvalue().encode()})
    header = read_header(files, "k", names_a_phone)
    begins = header.place
    rows = rows_from(files, begins)

    assert [row.cells for row in rows] == cells
    for place, row in enumerate(rows):
        after = replace(begins, offset=row.next_offset, line=row.next_line, row=row.row)
        rest = rows_from(files, after)
        assert rest == rows[place + 1 :]


def test_a_header_must_name_the_column() -> None:
    with pytest.raises(NoHeaderError):
        read_header(FakeFiles({"k": b'"fax number"\n1\n'}), "k", names_a_phone)


# -- size -------------------------------------------------------------------------------------


class ManyRows(FakeFiles):
    """A file of any length that is made up as it is read."""

    ROW = b"+1212%07d,Somebody with a name,New York,10001\n"
    HEADER = b"phone,name,city,zip".ljust(len(ROW % 2_000_000) - 1) + b"\n"

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows
        self.width = len(self.ROW % 2_000_000)

    def version(self, key: str) -> str:
        return "made up" if key.endswith("list.csv") else super().version(key)

    def size(self, key: str) -> int | None:
        return (self.rows + 1) * self.width if key.endswith("list.csv") else super().size(key)

    def read(self, key: str, offset: int, length: int, version: str = "") -> bytes:
        if not key.endswith("list.csv"):
            return super().read(key, offset, length, version)
        first, last = offset // self.width, (offset + length) // self.width + 1
        rows = [
            self.HEADER if at == 0 else self.ROW % (2_000_000 + at % 90_000)
            for at in range(first, min(last, self.rows + 1))
        ]
        begins = offset - first * self.width
        return b"".join(rows)[begins : begins + length]


def test_a_list_that_is_replaced_while_it_is_read_is_not_mixed_with_the_other() -> None:
    scene = scene_with(b"phone\n" + b"\n".join(n.encode() for n in numbers(212, 300)) + b"\n")
    key = "imports/c1.i/inline.csv"
    soon = scene.clock.now_ms()
    first = import_contacts("c1.i", soon, scene.importing)
    assert first is not None
    assert first.open
    scene.files.files[key] = b"phone,name\n" + scene.files.files[key][6:]

    job = import_contacts("c1.i", LONG_MS, scene.importing)

    assert job is not None
    assert (job.state, job.added) == (ImportState.FAILED, first.added)
    assert job.error is not None
    assert "was replaced" in job.error.reason
    assert import_contacts("c1.i", LONG_MS, scene.importing) == job


@pytest.mark.long
def test_memory_is_flat_however_many_rows_are_read() -> None:
    files = ManyRows(30_000)
    header = read_header(files, "list.csv", names_a_phone)
    rows = CsvRows(files, "list.csv", header.place)

    tracemalloc.start()
    counted = sum(1 for row in rows if row.cells)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert counted == 30_000
    assert peak < 2_000_000, f"{peak} bytes at the most"


@pytest.mark.long
def test_memory_is_flat_however_many_contacts_are_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_lines, "READ_BYTES", 16_384)  # full buffers after a few rows
    few, many = (peak_of_import(rows) for rows in (1_000, 4_000))

    # Whatever kept one object a row would keep 3,000 times the 48 bytes of an empty one; less
    # than that is when Python happens to collect what is dead.
    assert many - few < 3_000 * 40, (few, many)


def peak_of_import(rows: int) -> int:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    add_contacts("c1", "i", None, "US", scene.change)
    parts = replace(scene.importing, files=ManyRows(rows), imports=Forgetful(scene))

    gc.collect()
    tracemalloc.start()
    job = import_contacts("c1.i", LONG_MS, parts)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert job is not None
    assert (job.rows, job.open) == (rows, False)
    return peak


class Forgetful:
    """ImportStore that keeps the job alone: what a table does not hold in our memory."""

    def __init__(self, scene: CampaignScene) -> None:
        self._scene = scene

    def create(self, job: ImportJob) -> bool:
        return self._scene.imports.create(job)

    def read(self, import_id: str) -> ImportJob | None:
        return self._scene.imports.read(import_id)

    def of_campaign(self, campaign_id: str) -> Sequence[ImportJob]:
        return self._scene.imports.of_campaign(campaign_id)

    def commit(self, job: ImportJob, contacts: Sequence[CampaignContact]) -> ImportJob:
        stored = replace(job, added=job.added + len(contacts), version=job.version + 1)
        self._scene.imports.jobs[job.import_id] = stored
        return stored


@pytest.mark.parametrize(
    ("region", "written", "number"),
    [
        ("GB", "020 7946 0958", "+442079460958"),
        ("GB", "+1 212 234 5600", "+12122345600"),
        ("US", "(212) 234-5600", "+12122345600"),
    ],
)
def test_numbers_without_a_country_are_of_the_list_s_own(
    region: str, written: str, number: str
) -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    add_contacts("c1", "i", f"phone\n{written}\n".encode(), region, scene.change)

    import_contacts("c1.i", LONG_MS, scene.importing)

    assert set(contacts_of(scene)) == {number}


def test_an_american_way_of_writing_is_no_british_number() -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    add_contacts("c1", "i", b"phone\n(212) 234-5600\n", "GB", scene.change)

    job = import_contacts("c1.i", LONG_MS, scene.importing)

    assert job is not None
    assert (job.bad, contacts_of(scene)) == (1, {})
