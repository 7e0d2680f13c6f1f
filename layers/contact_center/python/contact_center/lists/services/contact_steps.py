"""A step of an import: the contacts in its rows, and whom they say not to call."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import new_contact
from contact_center.campaigns.services.contact_moves import (
    BYTES_A_CHARACTER,
    BYTES_BESIDE,
    bytes_of,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.lists.domain.cells import said_by
from contact_center.lists.domain.contact_rows import LONGEST_VARIABLES
from contact_center.lists.domain.row_cells import BadRowError
from contact_center.lists.services.import_ports import (
    BYTES_PER_COMMIT,
    CONTACTS_PER_COMMIT,
    BadLine,
)
from contact_center.lists.services.list_steps import ListStep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.lists.domain.contact_rows import ContactReader
    from contact_center.lists.services.contact_csv import Row
    from contact_center.lists.services.import_ports import ImportJob
    from contact_center.permission.domain.consent import Consent

LARGEST_CONTACT_BYTES = BYTES_BESIDE + BYTES_A_CHARACTER * LONGEST_VARIABLES


@dataclass(slots=True, kw_only=True)
class ContactStep(ListStep):
    """With the contacts that were read, and how many stood in the step before.

    Attributes:
        agreed: By number, what its rows say that was agreed to: those of a number that stands
            there twice as well.
        forbidden: Numbers that must not be called, with the column that says so; `forbids` rows
            said it. `size` in bytes is no less than what the contacts take.
    """

    contacts: dict[str, CampaignContact] = field(default_factory=dict)
    repeated: int = 0
    agreed: dict[str, list[Consent]] = field(default_factory=dict)
    size: int = 0
    forbidden: dict[str, str] = field(default_factory=dict)
    forbids: int = 0

    def add(self, contact: CampaignContact) -> None:
        """Take a contact in, once."""
        given = contact.details.consent
        if given is not None:
            said = self.agreed.setdefault(contact.details.number, [])
            said += [] if given in said else [given]
        if contact.contact_id in self.contacts:
            self.repeated += 1
        else:
            self.contacts[contact.contact_id] = contact
            self.size += bytes_of(contact)

    def consents(self) -> Iterable[dict[str, Consent]]:
        """What was agreed to, one for each number at a time: first the first."""
        most = max(map(len, self.agreed.values()), default=0)
        for turn in range(most):
            yield {number: said[turn] for number, said in self.agreed.items() if turn < len(said)}

    def is_full(self, now_ms: int) -> bool:
        """Whether it is time for a checkpoint: another contact, large as it may be, must fit."""
        many = max(len(self.contacts), len(self.forbidden)) >= CONTACTS_PER_COMMIT
        large = self.size + LARGEST_CONTACT_BYTES > BYTES_PER_COMMIT
        return many or large or ListStep.is_full(self, now_ms)


def take_row(
    row: Row, step: ContactStep, job: ImportJob, reader: ContactReader, now: datetime
) -> None:
    """Take a row into a step: as a contact, as a bad line, or, when it says nothing, not at all.

    Args:
        row: Of the list.
        step: What has been read since the last checkpoint; is added to.
        job: The import.
        reader: Knows the list's columns.
        now: Consent must be older; aware.
    """
    if not step.reads(row):
        return
    try:
        _read(row, step, job, reader, now)
    except BadRowError as error:
        column = error.column.title if error.column else ""
        step.bad.append(BadLine(row.line, error.field, error.reason, row.row, column, error.shape))


def _read(
    row: Row, step: ContactStep, job: ImportJob, reader: ContactReader, now: datetime
) -> None:
    """Take a row in. Who must not be called is noted first, whatever else is wrong with it.

    Of a country that has no rules as well: the owner may call there one day.
    """
    cells = _cells(row, len(job.columns))
    number, more = reader.number(cells)
    forbidden = reader.forbids(cells)
    if forbidden is not None:
        step.forbidden.setdefault(number.e164, forbidden.title)
        step.forbids += 1
    reader.check(cells, number)
    details, left_out = reader.details(cells, number, now)
    for one in (*more, *left_out):
        step.warn(row.line, one.column.title, one.reason)
    listed = replace(details, import_id=job.import_id, row=row.row)
    at_ms = round(now.timestamp() * 1000)
    step.add(new_contact(job.campaign_id, listed, job.created_at_ms, at_ms))


def _cells(row: Row, width: int) -> list[str]:
    """The cells of a row without the empty ones beyond the header."""
    if row.cells is None:
        raise BadRowError("line", row.wrong)
    cells = list(row.cells)
    while len(cells) > width and not said_by(cells[-1]):
        cells.pop()
    if len(cells) > width:
        reason = f"has {len(cells)} cells; the header has {width}: is a cell with a comma unquoted?"
        raise BadRowError("line", reason)
    return cells
