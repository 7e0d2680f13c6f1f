"""Contacts, imports, previews, results and national lists, as the API reads and tells them."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from contact_center.aws.api_fields import (
    NOT_BLANK,
    STRICT,
    Asked,
    Count,
    Instant,
    Link,
    Phone,
    ReadWith,
    Rule,
    Told,
    Unreadable,
    about,
    zoned_time,
)
from contact_center.campaigns.domain.contacts import ContactState
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.kernel.instants import read_day
from contact_center.lists.domain.column_names import Meaning
from contact_center.lists.services import import_contacts, import_national_list
from contact_center.lists.services.import_ports import ImportState, JobState
from contact_center.lists.services.list_desk import MOST_PHONES
from contact_center.lists.services.national_desk import NationalListSaid

LONGEST_NAME = 100
SIZE = about("Size of the file, which the link then insists on.")
TEXT_FLAGS = {"true": True, "false": False}  # as a query spells them


def _day_or_time(said: object) -> datetime | None:
    """A day means its beginning, UTC; None means now."""
    if said is None:
        return None
    day = read_day(said)
    return zoned_time(said) if day is None else datetime.combine(day, time(), UTC)


def _flag(said: object) -> object:
    return TEXT_FLAGS.get(said, said) if isinstance(said, str) else said


# -- contacts of a campaign ------------------------------------------------------------------


class UploadWish(Asked):
    bytes: Annotated[
        Annotated[int, STRICT, Field(ge=1, le=import_contacts.LARGEST_FILE_BYTES)] | None,
        SIZE,
    ] = None


class ListColumn(Told):
    """A column of a list, and what it is taken for."""

    column: Annotated[str, about("As a spreadsheet calls it: A, B, C.")]
    name: Annotated[str, about("As the list has it.")]
    taken_for: Annotated[Meaning, about("`nothing`: it is left out.")]
    variable: Annotated[str | None, about("Under which name the assistant may say it.")]
    note: str | None


class ImportAccepted(Told):
    import_id: str
    state: ImportState
    upload_url: Annotated[
        Link | None, about("Where to upload the list to; null when it came with the request.")
    ]
    upload_method: Literal["PUT"]
    expires_at: Annotated[Instant | None, about("Of the link.")]
    columns: Annotated[
        list[ListColumn] | None,
        about(
            "What each column will be taken for; null when the list is still to come, or is none."
        ),
    ]


class Withdrawal(Asked):
    phones: Annotated[
        list[Phone],
        Field(min_length=1, max_length=MOST_PHONES),
        Rule(f"must be a list of 1 to {MOST_PHONES} numbers"),
    ]


class Withdrawn(Told):
    withdrawn: Annotated[Count, about("Taken off the list.")]
    finished: Annotated[Count, about("Had come to an end before.")]
    unknown: Annotated[Count, about("Were not on the list.")]


class LastAttempt(Told):
    """What became of the last attempt at a contact."""

    at: Instant
    disposition: Disposition
    call_id: str | None


class Contact(Told):
    contact_id: str
    id: Annotated[str | None, about("Your own.")]
    name: str | None
    phone: Annotated[str, about("Masked.")]
    state: ContactState
    reason: str | None
    trouble: Annotated[
        str | None,
        about("Kind and place of the last failure with it; after ten in a row it is doubtful."),
    ]
    attempts: Count
    rings: Annotated[Count, about("Attempts that rang, or may have.")]
    due_at: Instant | None
    callback_at: Instant | None
    added_at: Instant | None
    import_id: Annotated[str | None, about("Of the list it came from.")]
    row: Annotated[Count | None, about("Where it stands in that sheet, from 1.")]
    last: LastAttempt | None


class ContactPage(Told):
    contacts: list[Contact]
    unreadable: Unreadable
    next_cursor: str | None


# -- how far things are ----------------------------------------------------------------------


class BadLine(Told):
    """A line of a list that is no contact; never what it says."""

    line: Annotated[Count, about("Of the file, from 1.")]
    field: str
    reason: str
    row: Annotated[Count | None, about("Of the sheet that the file is opened as, from 1.")]
    column: Annotated[str | None, about("Of the sheet, with its name: `C (Time Zone)`.")]
    looks_like: Annotated[
        str | None,
        about("The cell with 9 for digits and a for letters; signs nobody sees as `U+200B`."),
    ]


class ListWarning(Told):
    """Something that fails no line and should be known before the campaign starts."""

    line: Annotated[Count, about("Where it was met first.")]
    column: str | None
    reason: str
    rows: Annotated[Count, about("How many rows it is true of.")]


class Import(Told):
    import_id: str
    campaign_id: str
    state: ImportState
    rows: Count
    added: Count
    known: Annotated[Count, about("Their number was in the campaign, or stood further up.")]
    bad: Count
    removed: Annotated[
        Count, about("Of a national list: numbers that a complete newer one holds no more.")
    ]
    would_remove: Annotated[
        Count | None,
        about("Of a complete national list: numbers that only older lists have, once counted."),
    ]
    known_before: Annotated[
        Count | None,
        about("Of a complete national list: numbers of the country that were listed before it."),
    ]
    do_not_call: Annotated[
        Count, about("Rows that say not to call: their numbers are on your do-not-call list now.")
    ]
    bytes: Count
    bytes_done: Count
    columns: Annotated[
        list[ListColumn] | None,
        about("What each column was taken for, from before its first contact is stored."),
    ]
    warnings: list[ListWarning]
    first_bad: list[BadLine]
    error: BadLine | None
    report_url: Annotated[
        Link | None,
        about(
            "The bad lines, the first 10,000 of them, once the list is read; null for a viewer, "
            "as every link to a file."
        ),
    ]


class JobAccepted(Told):
    job_id: str
    state: JobState


class ListedRow(Told):
    """Where a contact stands in the list it came from."""

    import_id: str
    row: Annotated[Count, about("Of the sheet, from 1.")]


class PreviewResult(Told):
    """Who could be called."""

    callable: Annotated[Count, about("Now.")]
    later: Count
    later_by: Annotated[dict[str, Count], about("By reason, and `retry`.")]
    never: Count
    never_by: Annotated[dict[str, Count], about("By reason, and `bad_number`.")]
    rows_by: Annotated[
        dict[str, list[ListedRow]],
        about("Where some contacts stand who are called later or never, by the same reasons."),
    ]
    past: Annotated[Count, about("Whom it is done with.")]
    past_by: Annotated[dict[str, Count], about("By outcome.")]


class FileJob(JobAccepted):
    error: Annotated[
        str | None, about("Why it failed: it was begun ten times and came no further.")
    ]


class Preview(FileJob):
    result: PreviewResult | None


class Results(FileJob):
    url: Annotated[
        Link | None,
        about(
            "A CSV with a row a contact and whole numbers, once it is written; null for a viewer."
        ),
    ]


# -- national lists --------------------------------------------------------------------------


class NationalListOfQuery(Asked):
    """What a query says of a list that comes as the body."""

    UNKNOWN: ClassVar[str] = "is not a field of a national list"

    country: Annotated[
        str,
        Field(pattern="^[A-Z]{2}$", description="ISO country whose list it is."),
        Rule("must be an ISO country such as US"),
    ]
    name: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=NOT_BLANK
        ),
        about("What the list is called; the country's own when left out."),
    ] = ""
    as_of: Annotated[
        datetime | None,
        ReadWith(
            _day_or_time,
            {"type": ["string", "null"]},
            "must be a day or a time with a zone: 2026-03-01",
        ),
        about("The day or the time the list is of, in the past; now when left out."),
    ] = None
    complete: Annotated[
        bool,
        STRICT,
        BeforeValidator(_flag),
        about(
            "It is the whole list: numbers it does not hold are on it no more. False when left out."
        ),
    ] = False

    def said(self) -> NationalListSaid:
        """It, as the use case knows it."""
        return NationalListSaid(
            country=self.country, name=self.name, as_of=self.as_of, complete=self.complete
        )


class NationalListWish(NationalListOfQuery):
    bytes: Annotated[
        Annotated[int, STRICT, Field(ge=1, le=import_national_list.LARGEST_FILE_BYTES)] | None,
        SIZE,
    ] = None


class NationalList(Told):
    country: str
    name: str
    required: Annotated[
        bool, about("Whether nobody may be called for marketing without a fresh one.")
    ]
    max_age_days: Count
    as_of: Annotated[Instant | None, about("Of the newest that was imported.")]
    fresh: bool
    importing: Annotated[list[str], about("Imports that are under way.")]


class NationalLists(Told):
    lists: list[NationalList]
