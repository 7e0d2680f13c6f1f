"""`make schemathesis` asks every operation there is with each role, or names those it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.functional.operator_api.openapi_document import operations
from tests.schemathesis.__main__ import not_asked

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_an_operation_that_was_not_asked_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = sorted(f"{method.upper()} {path}" for method, path, _ in operations())
    notes = tmp_path / "viewer.txt"
    assert not_asked(notes) == every

    notes.write_text("\n".join(every[1:]), encoding="utf-8")
    assert not_asked(notes) == every[:1]
    assert f"{len(every) - 1} of {len(every)} operations were asked." in capsys.readouterr().out
