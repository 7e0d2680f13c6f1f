"""A set-up of which only the settings are known."""

from __future__ import annotations

from pathlib import Path

from tools.function_logs import LogFiles
from tools.places import Place


def place_with(**values: str) -> Place:
    return Place(
        name="a test",
        env="",
        values=values,
        resources={},
        logs=LogFiles(Path("nowhere")),
        clock_is_ours=True,
        start="",
    )
