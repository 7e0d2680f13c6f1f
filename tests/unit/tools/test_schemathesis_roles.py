"""`make schemathesis` asks every operation there is with each role, or names those it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.functional.operator_api.openapi_document import operations
from tests.schemathesis import __main__ as schemathesis
from tests.schemathesis.__main__ import not_asked
from tests.schemathesis.beyond import ANSWERED

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


EVERY = sorted(f"{method.upper()} {path}" for method, path, _ in operations())


def test_an_operation_that_was_not_asked_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "viewer.txt"
    assert not_asked(notes, "viewer") == [f"never asked: {one}" for one in EVERY]

    notes.write_text("\n".join(f"{one}{ANSWERED}" for one in EVERY[1:]), encoding="utf-8")
    assert not_asked(notes, "viewer") == [f"never asked: {EVERY[0]}"]
    said = f"{len(EVERY) - 1} of {len(EVERY)} operations were asked, {len(EVERY) - 1} answered."
    assert said in capsys.readouterr().out


def test_a_list_that_nobody_was_shown_is_named_but_to_strangers(tmp_path: Path) -> None:
    """Else a cookie that is not taken, or a token that is none, would find nothing."""
    notes = tmp_path / "operator.txt"
    notes.write_text("\n".join(EVERY), encoding="utf-8")

    missing = not_asked(notes, "viewer-in-browser")
    assert "never answered: GET /api/campaigns" in missing
    assert "never answered: GET /api/audit" not in missing  # an operator's
    assert "never answered: GET /api/audit" in not_asked(notes, "operator")
    assert not [one for one in missing if "{" in one or "POST" in one]
    assert not_asked(notes, "stranger") == not_asked(notes, "nobody") == []


def test_each_way_to_show_who_asks_is_a_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of the document's schemes, each for both roles, and what is neither."""
    monkeypatch.setattr(schemathesis, "_logged_in", lambda token, _: f"cookie of {token}")

    shown = {role: schemathesis.headers_of(role, "http://x") for role in schemathesis.ROLES}
    operator, viewer = schemathesis.OPERATOR, schemathesis.VIEWER
    assert {role: said.get("Authorization") for role, said in shown.items()} == {
        "operator": f"Bearer {operator}",
        "viewer": f"Bearer {viewer}",
        "stranger": "Bearer guess",
        "nobody": None,
        "operator-in-browser": None,
        "viewer-in-browser": None,
    }
    page = {"Sec-Fetch-Site": "same-origin", "X-Console": "1"}
    assert shown["operator-in-browser"] == {**page, "Cookie": f"cookie of {operator}"}
    assert shown["viewer-in-browser"] == {**page, "Cookie": f"cookie of {viewer}"}
    assert shown["nobody"] == {}
