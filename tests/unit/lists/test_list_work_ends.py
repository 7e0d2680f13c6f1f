"""Whatever a list is, work on it ends: bounded steps, reports that stop, tries that are counted."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.services import bad_lines, export_results, file_lines, list_steps
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.export_results import ExportParts
from contact_center.lists.services.import_contacts import import_contacts
from contact_center.lists.services.import_national_list import import_national_list
from contact_center.lists.services.import_ports import (
    EXPORT,
    PREVIEW,
    CampaignJob,
    ImportJob,
    ImportState,
    JobState,
    NationalSource,
)
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.lists.services.list_tries import MOST_TRIES
from contact_center.lists.services.national_parts import NationalParts
from contact_center.lists.services.preview_campaign import open_job
from contact_center.lists.services.work_on_lists import (
    ListParts,
    Worked,
    exports,
    imports,
    national_lists,
    previews,
    work_on_list,
)
from tests.campaign_scene import LONG_MS, NOON, CampaignScene, ms, numbers
from tests.fakes.clock import FakeClock
from tests.fakes.national_book import FakeNationalBook
from tests.fakes.open_lists import FakeListJobs, FakeOpenLists

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.lists.services.work_on_lists import Work

KINDS = tuple(kind for kind in ListKind if kind is not ListKind.FORGET)  # which is never given up
KEY = "imports/c1.i/inline.csv"


@dataclass
class RunningClock(FakeClock):
    """A machine on which every look at the clock is a moment later."""

    step_ms: int = 1

    def now_ms(self) -> int:
        self.at_ms += self.step_ms
        return self.at_ms


def scene_with(body: bytes, *, step_ms: int = 0) -> CampaignScene:
    scene = CampaignScene(clock=RunningClock(ms(NOON), step_ms))
    scene.campaign("c1", start=False)
    add_contacts("c1", "i", b"phone", "US", scene.change)
    scene.files.files[KEY] = body
    return scene


def national(scene: CampaignScene) -> NationalParts:
    """The same file as a national list."""
    source = NationalSource(country="US", name="registry", as_of_ms=ms(NOON) - 1)
    scene.imports.jobs["c1.i"] = replace(scene.imports.jobs["c1.i"], national=source)
    return NationalParts(
        imports=scene.imports,
        files=scene.files,
        book=FakeNationalBook(scene.permissions),
        rules=scene.rules,
        clock=scene.clock,
        civil=scene.civil,
    )


def exporting(scene: CampaignScene) -> ExportParts:
    return ExportParts(
        contacts=scene.contacts,
        jobs=scene.campaign_jobs,
        files=scene.files,
        clock=scene.clock,
        civil=scene.civil,
    )


type Import = Callable[[CampaignScene, int], ImportJob | None]


def as_contacts(scene: CampaignScene, ends_at_ms: int) -> ImportJob | None:
    return import_contacts("c1.i", ends_at_ms, scene.importing)


def as_national(scene: CampaignScene, ends_at_ms: int) -> ImportJob | None:
    parts = national(scene) if scene.imports.jobs["c1.i"].national is None else None
    scene_parts = parts or national(scene)
    return import_national_list("c1.i", ends_at_ms, scene_parts)


IMPORTS = pytest.mark.parametrize("go_on", [as_contacts, as_national])


# -- lists that are no lists -----------------------------------------------------------------


@IMPORTS
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"x\n", id="bad"),
        pytest.param(b"\n", id="empty", marks=pytest.mark.long),
        pytest.param(b'"x\n', id="open quote"),
        pytest.param(b"   \n", id="blank", marks=pytest.mark.long),
    ],
)
def test_lines_that_give_nothing_pass_the_checkpoint_too(go_on: Import, line: bytes) -> None:
    scene = scene_with(b"phone\n" + line * 12_000, step_ms=1)
    offsets = []
    for _ in range(60):
        job = go_on(scene, scene.clock.now_ms())  # so little time that each does one step
        assert job is not None
        offsets.append(job.offset)
        if not job.open:
            break

    assert job is not None
    assert job.state in {ImportState.DONE, ImportState.FAILED}
    assert offsets[0] < offsets[1] < offsets[2] < job.size == offsets[-1]


@IMPORTS
def test_a_step_is_over_after_a_moment_whatever_its_rows_cost(go_on: Import) -> None:
    row_ms = list_steps.STEP_MS // 10
    scene = scene_with(b"phone\n" + b"x\n" * 100, step_ms=row_ms)
    seen: list[int] = []
    commit = scene.imports.commit

    def watched(job: ImportJob, contacts: Sequence[object]) -> ImportJob:
        seen.append(job.rows)
        return commit(job, contacts)  # type: ignore[arg-type]

    scene.imports.commit = watched  # type: ignore[method-assign]
    go_on(scene, LONG_MS * 10)

    steps = [after - before for before, after in pairwise(seen)]
    assert 0 < max(steps) <= 10


@IMPORTS
def test_a_line_without_an_end_is_no_list(go_on: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_lines, "LONGEST_SKIPPED_BYTES", 300_000)
    scene = scene_with(b"phone\n+12122000014\n" + b"x" * 400_000)

    job = go_on(scene, LONG_MS)

    assert job is not None
    assert (job.state, job.error and job.error.field) == (ImportState.FAILED, "file")
    assert job.error is not None
    assert "300000 bytes" in job.error.reason
    assert not job.open


@pytest.mark.long
def test_a_row_that_an_open_quote_makes_long_is_bad_before_it_is_a_megabyte(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_lines, "LONGEST_ROW_BYTES", 20_000)
    monkeypatch.setattr(file_lines, "READ_BYTES", 4_096)
    cells = b'"a",' * 250  # each cell is short, and the last of a line ends in the next one
    lines = (b'b",' + cells + b'"\n') * 400
    scene = scene_with(b"phone\n" + cells + b'"\n' + lines + b'b"\n+12122000014\n')
    read = []
    real = scene.files.read

    def counted(key: str, offset: int, length: int, version: str = "") -> bytes:
        read.append(len(found := real(key, offset, length, version)))
        return found

    scene.files.read = counted  # type: ignore[method-assign]

    job = as_contacts(scene, LONG_MS)

    assert job is not None
    assert (job.state, job.added) == (ImportState.DONE, 1)
    assert sum(read) < 20_000_000


@IMPORTS
def test_a_header_that_never_comes_is_not_looked_for_to_the_end(go_on: Import) -> None:
    scene = scene_with(b"\n" * 5_000 + b"phone\n+12122000014\n")
    job = go_on(scene, LONG_MS)
    assert job is not None
    assert not job.open
    assert (job.state is ImportState.FAILED) == (go_on is as_contacts)


# -- a report has an end ---------------------------------------------------------------------


@IMPORTS
@pytest.mark.parametrize("bad", [119, 120, 121, 1_000])
def test_a_report_stops_and_says_how_many_more_there_are(
    go_on: Import, bad: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bad_lines, "REPORTED_LINES", 120)
    monkeypatch.setattr(bad_lines, "PARTS_A_STEP", 4)
    monkeypatch.setattr(list_steps, "ROWS_PER_STEP", 7)
    scene = scene_with(b"phone\n" + b"x\n" * bad + b"+12122000014\n" * (bad + 1))

    job = go_on(scene, LONG_MS)
    for _ in range(400):
        assert job is not None
        if not job.open:
            break
        job = go_on(scene, scene.clock.now_ms())  # a step at a time

    assert job is not None
    assert (job.state, job.bad) == (ImportState.DONE, bad)
    report = scene.files.files[job.report_key or ""].decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(report)))
    named = min(bad, 120)
    assert [row[0] for row in rows[1 : named + 1]] == [str(2 + at) for at in range(named)]
    rest = rows[named + 1 :]
    assert rest == (
        [["", "", f"and {bad - 120} more bad lines: the report stops at 120", "", "", ""]]
        * (bad > 120)
    )
    parts = [key for key in scene.files.files if "/bad/" in key]
    assert len(parts) <= 120 // 7 + 1


def test_a_report_that_is_put_together_in_pieces_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(list_steps, "ROWS_PER_STEP", 3)
    body = b"phone\n" + b"x\n" * 50
    whole = scene_with(body)
    as_contacts(whole, LONG_MS)
    monkeypatch.setattr(bad_lines, "PARTS_A_STEP", 2)
    pieces, looks = scene_with(body), 0
    job = as_contacts(pieces, pieces.clock.now_ms())
    while job is not None and job.open:
        job = as_contacts(pieces, pieces.clock.now_ms())
        looks += 1

    assert looks > 50 // 3 + 50 // 3 // 2 - 2
    report = "imports/c1.i/report.csv"
    assert pieces.files.files[report] == whole.files.files[report]


# -- tries are counted -----------------------------------------------------------------------


def works(scene: CampaignScene) -> dict[ListKind, Work]:
    return {
        ListKind.IMPORT: imports(scene.importing),
        ListKind.NATIONAL: national_lists(national(scene)),
        ListKind.PREVIEW: previews(scene.preview),
        ListKind.EXPORT: exports(exporting(scene)),
    }


def worker(scene: CampaignScene, work: Work, kind: ListKind) -> ListParts:
    return ListParts(
        works={kind: work},
        jobs=FakeListJobs(),
        open_lists=FakeOpenLists(scene.imports, scene.campaign_jobs),
        clock=scene.clock,
        civil=scene.civil,
        metrics=scene.metrics,
    )


class KilledError(BaseException):
    """The process is gone."""


def broken(scene: CampaignScene, kind: ListKind, error: BaseException) -> Work:
    """Work of that kind, in a world where it breaks before it comes further."""

    def breaks(*_: object) -> None:
        raise error

    made = works(scene)
    if kind is ListKind.IMPORT:
        scene.imports.jobs["c1.i"] = replace(scene.imports.jobs["c1.i"], national=None)
        scene.files.size = breaks  # type: ignore[assignment,method-assign]
    elif kind is ListKind.NATIONAL:
        scene.files.size = breaks  # type: ignore[assignment,method-assign]
    else:
        scene.contacts.page = breaks  # type: ignore[assignment,method-assign]
        asked = CampaignJob(
            job_id="c1.i",
            campaign_id="c1",
            kind=PREVIEW if kind is ListKind.PREVIEW else EXPORT,
            created_at_ms=ms(NOON),
        )
        open_job(asked, scene.campaigns, scene.campaign_jobs)
    return made[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (StoreUnavailableError(), "StoreUnavailableError at test_list_work_ends.py:"),
        (ValueError("+12122000014"), "ValueError at test_list_work_ends.py:"),
        (KilledError(), "its worker was ended each time"),
    ],
)
def test_what_breaks_every_time_has_failed_after_ten_tries_with_its_cause(
    kind: ListKind, error: BaseException, cause: str
) -> None:
    scene = scene_with(b"phone\n+12122000014\n")
    parts = worker(scene, broken(scene, kind, error), kind)
    job = ListJob(kind, "c1", "c1.i")
    for _ in range(MOST_TRIES):
        with pytest.raises(type(error)):
            work_on_list(job, LONG_MS, parts)

    assert work_on_list(job, LONG_MS, parts) is Worked.GIVEN_UP

    imported = scene.imports.jobs["c1.i"]
    if kind in {ListKind.IMPORT, ListKind.NATIONAL}:
        assert imported.state is ImportState.FAILED
        assert imported.error is not None
        assert imported.error.field == "work"
        said = imported.error.reason
    else:
        task = scene.campaign_jobs.jobs["c1", "c1.i"]
        assert task.state is JobState.FAILED
        said = task.error or ""
        assert task.look_at_ms is None
    assert f"was begun {MOST_TRIES} times" in said
    assert cause in said
    assert "2000014" not in said
    assert scene.metrics.of("list_given_up") == [{}]


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_came_further_is_tried_again_as_often(kind: ListKind) -> None:
    scene = scene_with(b"phone\n+12122000014\n")
    work = broken(scene, kind, StoreUnavailableError())
    parts, job = worker(scene, work, kind), ListJob(kind, "c1", "c1.i")
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(StoreUnavailableError):
            work_on_list(job, LONG_MS, parts)
    scene.files.__dict__.pop("size", None)
    scene.contacts.__dict__.pop("page", None)

    assert work_on_list(job, LONG_MS, parts) is Worked.ENDED

    if kind in {ListKind.IMPORT, ListKind.NATIONAL}:
        ended: ImportJob | CampaignJob = scene.imports.jobs["c1.i"]
        assert ended.state is ImportState.DONE
    else:
        ended = scene.campaign_jobs.jobs["c1", "c1.i"]
        assert ended.state is JobState.DONE
    assert (ended.tries, ended.cause) == (0, "")


def test_of_two_processes_at_one_import_whoever_begins_last_goes_on() -> None:
    scene = scene_with(b"phone\n" + b"\n".join(one.encode() for one in numbers(212, 300)))
    real = scene.files.size
    inner: list[ImportJob | None] = []

    def overtaken(key: str) -> int | None:
        scene.files.size = real  # type: ignore[method-assign]
        inner.append(as_contacts(scene, LONG_MS))
        return real(key)

    scene.files.size = overtaken  # type: ignore[method-assign]

    assert as_contacts(scene, LONG_MS) is None
    [other] = inner
    assert other is not None
    assert (other.state, other.added) == (ImportState.DONE, 300)


# -- results are written in parts ------------------------------------------------------------


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> CampaignScene:
    """An export whose file is several parts long."""
    monkeypatch.setattr(export_results, "PAGE", 10)
    monkeypatch.setattr(export_results, "PART_BYTES", 2_000)
    scene = CampaignScene()
    scene.files.least_part_bytes = 2_000
    scene.campaign("c1", start=False)
    scene.list_contacts("c1", numbers(212, 200))
    asked = CampaignJob(job_id="j", campaign_id="c1", kind=EXPORT, created_at_ms=ms(NOON))
    open_job(asked, scene.campaigns, scene.campaign_jobs)
    return scene


def exported(scene: CampaignScene, ends_at_ms: int = LONG_MS) -> CampaignJob | None:
    return export_results.export_results("c1", "j", ends_at_ms, exporting(scene))


def rows_of(scene: CampaignScene) -> list[str]:
    text = scene.files.files["campaigns/c1/exports/j.csv"].decode("utf-8-sig")
    return [row["phone"] for row in csv.DictReader(io.StringIO(text))]


def test_results_go_on_where_time_was_short(results: CampaignScene) -> None:
    looks = []
    for _ in range(100):
        job = exported(results, results.clock.now_ms())
        assert job is not None
        if not job.open:
            break
        looks.append(job.cursor)
        assert "campaigns/c1/exports/j.csv" not in results.files.files

    assert job is not None
    assert job.state is JobState.DONE
    assert len(looks) > 5
    assert len(set(looks)) == len(looks)  # never from the beginning again
    assert sorted(rows_of(results)) == numbers(212, 200)
    assert (job.upload, job.parts, results.files.uploads_begun) == ("", (), 1)


@pytest.mark.parametrize("boundary", range(1, 40))
def test_a_crash_while_results_are_written_costs_a_part_and_no_row(
    results: CampaignScene, boundary: int
) -> None:
    left = boundary

    def killing[**P, R](real: Callable[P, R]) -> Callable[P, R]:
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            nonlocal left
            left -= 1
            if left == 0:
                raise KilledError
            done = real(*args, **kwargs)
            left -= 1
            if left == 0:
                raise KilledError
            return done

        return called

    files, jobs = results.files, results.campaign_jobs
    for store, name in (
        (files, "begin_upload"),
        (files, "add_part"),
        (files, "complete_upload"),
        (jobs, "save"),
    ):
        setattr(store, name, killing(getattr(store, name)))
    try:
        exported(results)
    except KilledError:
        exported(results)

    job = jobs.read("c1", "j")
    assert job is not None
    assert job.state is JobState.DONE
    assert sorted(rows_of(results)) == numbers(212, 200)


def test_an_upload_that_the_store_forgot_fails_and_says_what_to_do(results: CampaignScene) -> None:
    begun = exported(results, results.clock.now_ms())
    assert begun is not None
    assert begun.open
    results.files.uploads.clear()

    job = exported(results)

    assert job is not None
    assert job.state is JobState.FAILED
    assert "ask for the results again" in (job.error or "")


def test_two_processes_at_one_export_never_write_the_same_part(results: CampaignScene) -> None:
    exported(results, results.clock.now_ms())
    add_part = results.files.add_part
    inner: list[CampaignJob | None] = []

    def overtaken(key: str, upload: str, number: int, part: bytes) -> str:
        if not inner:  # the other process sees contacts as they are by now
            for place, contact in results.contacts.contacts.items():
                named = replace(contact.details, name="Grace")
                results.contacts.contacts[place] = replace(contact, details=named)
            inner.append(None)
            inner[0] = exported(results, results.clock.now_ms())
        return add_part(key, upload, number, part)

    results.files.add_part = overtaken  # type: ignore[method-assign]

    assert exported(results) is None  # it was overtaken, and its part is nobody's

    assert inner[0] is not None
    assert inner[0].open
    job = exported(results)
    assert job is not None
    assert job.state is JobState.DONE
    assert sorted(rows_of(results)) == numbers(212, 200)
