"""An import that is killed, cut short or overtaken comes to the same end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_contacts import import_contacts
from tests.campaign_scene import LONG_MS, CampaignScene, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.lists.services.import_ports import ImportJob


def scene_with(body: bytes) -> CampaignScene:
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    add_contacts("c1", "i", body, "US", scene.change)
    return scene


class KilledError(BaseException):
    """The process is gone."""


@dataclass
class Killer:
    """Kills a process at its n-th boundary, before or after what it does there."""

    left: int

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KilledError


def list_of(count: int) -> bytes:
    """Good, bad and repeated lines, consents, and marks not to call."""
    lines = ["phone,name,consent_kind,consent_at,consent_source,Do Not Call"]
    for place, number in enumerate(numbers(212, count)):
        lines.append(f"{number},n{place},express,2026-01-05T12:00:00Z,form,{place % 5 == 1:d}")
        if place % 10 == 3:
            lines.append("12,bad,,,,")
        if place % 10 == 7:
            lines.append(f"{number},again,,,,")
    return "\n".join(lines).encode()


@pytest.mark.long
def test_a_crash_at_any_point_changes_nothing_of_the_outcome() -> None:
    body = list_of(250)
    whole = scene_with(body)
    expected = import_contacts("c1.i", LONG_MS, whole.importing)
    assert expected is not None
    boundary = 0
    while True:
        boundary += 1
        scene = scene_with(body)
        kill = Killer(boundary)
        killed = run_with(scene, kill)
        if not killed:
            break
        job = import_contacts("c1.i", LONG_MS, scene.importing)
        assert job is not None
        while job.open:
            job = import_contacts("c1.i", LONG_MS, scene.importing)
            assert job is not None
        assert replace(job, version=0) == replace(expected, version=0)
        assert scene.contacts.contacts == whole.contacts.contacts
        assert scene.campaigns.figures == whole.campaigns.figures
        report = expected.report_key or ""
        assert scene.files.files[report] == whole.files.files[report]
        assert scene.permissions.permissions == whole.permissions.permissions
    assert boundary > 15


def run_with(scene: CampaignScene, kill: Killer) -> bool:
    """Run an import with a kill before and after everything it writes; whether it was hit."""
    parts = scene.importing
    commit, write, record = (
        scene.imports.commit,
        scene.files.write,
        scene.permissions.record_consents,
    )
    suppress = scene.permissions.suppress_many

    class Imports:
        read = staticmethod(scene.imports.read)

        def commit(self, job: ImportJob, contacts: Sequence[CampaignContact]) -> ImportJob:
            kill()
            stored = commit(job, contacts)
            kill()
            return stored

    class Files:
        size = staticmethod(scene.files.size)
        version = staticmethod(scene.files.version)
        read = staticmethod(scene.files.read)
        keys = staticmethod(scene.files.keys)

        def write(self, key: str, parts: Iterable[bytes]) -> None:
            kill()
            write(key, parts)
            kill()

    class Permissions:
        def record_consents(self, consents: object) -> None:
            kill()
            record(consents)  # type: ignore[arg-type]
            kill()

        def suppress_many(self, sources: Mapping[str, str], at: datetime) -> None:
            kill()
            suppress(sources, at)
            kill()

    broken = replace(
        parts,
        imports=Imports(),  # type: ignore[arg-type]
        files=Files(),
        permissions=Permissions(),  # type: ignore[arg-type]
    )
    try:
        import_contacts("c1.i", LONG_MS, broken)
    except KilledError:
        return True
    return False


def test_when_time_is_short_it_stops_at_a_checkpoint_and_goes_on_from_there() -> None:
    scene = scene_with(list_of(400))
    job = import_contacts("c1.i", scene.clock.now_ms(), scene.importing)
    steps = 1
    while job is not None and job.open:
        assert 0 < job.offset < job.size
        job = import_contacts("c1.i", scene.clock.now_ms(), scene.importing)
        steps += 1

    assert job is not None
    assert (job.added, job.known, job.bad) == (400, 40, 40)
    assert steps >= 4


def test_of_two_processes_at_one_import_one_gives_way() -> None:
    scene = scene_with(list_of(300))
    commit = scene.imports.commit
    other: list[ImportJob | None] = []

    def overtaken(job: ImportJob, contacts: Sequence[CampaignContact]) -> ImportJob:
        if not other and contacts:
            other.append(None)
            other[0] = import_contacts("c1.i", LONG_MS, scene.importing)
        return commit(job, contacts)

    scene.imports.commit = overtaken  # type: ignore[method-assign]

    assert import_contacts("c1.i", LONG_MS, scene.importing) is None
    assert other[0] is not None
    assert (other[0].added, other[0].rows) == (300, 360)
