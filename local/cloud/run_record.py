"""What a system that is up leaves for commands beside it: where it is, and what it runs with."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RECORD_FILE = "run.json"
ANSWER_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run.

    Attributes:
        url: Of the API.
        endpoint_url: Of the AWS emulator, where everything is stored: secrets too, none is here.
        settings: The parameters of the template as they are in force, by the names of settings.
        told: What every function is told beside the template's variables.
    """

    url: str
    endpoint_url: str
    settings: Mapping[str, str]
    told: Mapping[str, str]


def write_private(path: Path, text: str) -> None:
    """Write a file anew that its owner alone can read."""
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as opened:
        opened.write(text)


def write_record(folder: Path, record: RunRecord) -> None:
    """Leave a record in a run's folder."""
    write_private(folder / RECORD_FILE, json.dumps(asdict(record), indent=1) + "\n")


def read_record(folder: Path) -> RunRecord | None:
    """The record of the system that is up in a folder; None when none is.

    Whoever was killed leaves a record behind, so what it names has to answer.
    """
    try:
        record = RunRecord(**json.loads((folder / RECORD_FILE).read_text(encoding="utf-8")))
        where = urlsplit(record.endpoint_url)
        socket.create_connection((where.hostname or "", where.port or 0), ANSWER_SECONDS).close()
    except (OSError, ValueError, TypeError):
        return None
    return record
