"""A worker: imports a list of any length and says what that took; or only parses it.

The stores keep nothing, so what the process keeps is what the import keeps. The file is made as
it is read.
"""

from __future__ import annotations

import csv
import io
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_contacts import import_contacts
from tests.benchmarks.peak import peak_kb
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import Progress
from tests.benchmarks.stage import AREAS, answer, number_of
from tests.campaign_scene import LONG_MS, CampaignScene
from tests.fakes.campaign_people import FakeFiles, FakePermissions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.lists.services.import_ports import ImportJob
    from contact_center.permission.domain.consent import Consent

COLUMNS = ("phone", "name", "zip", "consent_kind", "consent_at", "consent_source", "city")
SAID = "Ada Example,10001,express_written,2026-01-05T12:00:00Z,web form,New York"
FIRST = 10_000 * len(AREAS)  # behind the numbers that belong to nobody: those are refused
PIECE_BYTES = 1 << 20


class LongFile(FakeFiles):
    """Lists as long as they are asked to be; each line has the same width."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows
        self._width = len(_row(0))
        self._header = ",".join(COLUMNS).ljust(self._width - 1) + "\n"

    def size(self, key: str) -> int | None:
        return (self._rows + 1) * self._width if _is_list(key) else super().size(key)

    def version(self, key: str) -> str:
        return "1" if _is_list(key) else super().version(key)

    def read(self, key: str, offset: int, length: int, version: str = "") -> bytes:
        if not _is_list(key):
            return super().read(key, offset, length, version)
        first = offset // self._width
        last = min((offset + length) // self._width + 1, self._rows + 1)
        lines = [self._header if at == 0 else _row(at - 1) for at in range(first, last)]
        begins = offset - first * self._width
        return "".join(lines).encode()[begins : begins + length]


class Forgetful:
    """ImportStore that keeps the job alone."""

    def __init__(self, scene: CampaignScene, rows: int) -> None:
        self._scene = scene
        self._progress = Progress("rows imported", rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._scene.imports, name)

    def commit(self, job: ImportJob, contacts: Sequence[CampaignContact]) -> ImportJob:
        """Take the contacts for written."""
        stored = replace(job, added=job.added + len(contacts), version=job.version + 1)
        self._scene.imports.jobs[job.import_id] = stored
        self._progress.at(stored.rows)
        return stored


class NoPermissions(FakePermissions):
    """PermissionStore that keeps nothing."""

    def record_consents(self, consents: Mapping[str, Consent]) -> None:
        """Take them for written."""


def import_rows(rows: int) -> dict[str, Any]:
    """Import a list; seconds, and KB of memory at most."""
    scene = CampaignScene()
    scene.campaign("c1", start=False)
    add_contacts("c1", "i", None, "US", scene.change)
    parts = replace(
        scene.importing,
        files=LongFile(rows),
        imports=Forgetful(scene, rows),
        permissions=NoPermissions(),
    )
    began, cpu = time.perf_counter(), time.process_time()
    job = import_contacts("c1.i", LONG_MS, parts)
    figures = _figures(began, cpu)
    if job is None or job.open or (job.rows, job.bad) != (rows, 0):
        raise BenchmarkError(f"the import did not take every row: {job and job.first_bad[:1]}")
    return figures


def parse_rows(rows: int) -> dict[str, Any]:
    """Only decode and split the same list, which is the least an import can do."""
    began, cpu = time.perf_counter(), time.process_time()
    seen = sum(1 for _ in csv.reader(io.TextIOWrapper(io.BufferedReader(_Pieces(rows)), "utf-8")))
    if seen != rows + 1:
        raise BenchmarkError(f"{seen} lines were read")
    return _figures(began, cpu)


class _Pieces(io.RawIOBase):
    """A long list as a stream."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._bytes = _pieces(LongFile(rows))
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self._left = next(self._bytes, b"")
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count


def _pieces(file: LongFile) -> Iterator[bytes]:
    size = file.size("list.csv") or 0
    for offset in range(0, size, PIECE_BYTES):
        yield file.read("list.csv", offset, PIECE_BYTES)


def _figures(began: float, cpu: float) -> dict[str, Any]:
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "peak_kb": peak_kb(),
    }


def _row(place: int) -> str:
    return f"{number_of(FIRST + place)},{SAID}\n"


def _is_list(key: str) -> bool:
    return key.endswith("list.csv")


if __name__ == "__main__":
    measure = import_rows if sys.argv[1] == "import" else parse_rows
    answer(measure(int(sys.argv[2])), sys.stdout)
