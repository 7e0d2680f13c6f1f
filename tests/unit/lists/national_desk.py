"""A desk with national lists, its files and whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contact_center.lists.services.import_national_list import import_national_list
from contact_center.lists.services.import_ports import ImportJob, ImportState
from contact_center.lists.services.national_desk import NationalDesk
from contact_center.lists.services.national_parts import NationalParts
from tests.bodies import list_said
from tests.campaign_scene import NOON, CampaignScene
from tests.fakes.national_book import FakeNationalBook

if TYPE_CHECKING:
    from contact_center.lists.services.list_ports import Link, ListJob
    from contact_center.permission.domain.national_listing import NationalListing

LONG_MS = 10**15
DAY = timedelta(days=1)
NUMBERS = [f"+1212234{line:04d}" for line in range(5600, 5620)]
PLAIN = "\n".join(NUMBERS[:3])


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
