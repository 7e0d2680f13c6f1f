"""What an effect tells: names, kinds of values, and no value in what is said of a bad one."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.records.domain.effect_fields import FIELDS, BadEffectError, check_told, fitting
from contact_center.records.domain.effects import EffectKind
from tests.crm_scene import TOLD


@pytest.mark.parametrize("kind", list(EffectKind))
def test_every_kind_has_its_fields_and_an_example_is_taken(kind: EffectKind) -> None:
    check_told(kind, TOLD[kind])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, name)
        for kind, fields in FIELDS.items()
        for name, one in fields.items()
        if one.required
    ],
)
def test_what_must_be_there_is_missed(kind: EffectKind, name: str) -> None:
    told = {key: value for key, value in TOLD[kind].items() if key != name}
    with pytest.raises(BadEffectError, match=f"^{name} is missing$"):
        check_told(kind, told)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, fields in FIELDS.items() for name in fields]
)
@pytest.mark.parametrize("value", [None, True, -1, 1.5, "", "  ", [], "x" * 70_000])
def test_what_a_value_must_not_be_is_told_without_it(
    kind: EffectKind, name: str, value: Any
) -> None:
    with pytest.raises(BadEffectError) as caught:
        check_told(kind, {**TOLD[kind], name: value})
    assert caught.value.field == name
    assert caught.value.reason.startswith("must be")
    assert "xxx" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (EffectKind.CALL, "title", "two\nlines"),
        (EffectKind.CALL, "direction", "sideways"),
        (EffectKind.CALL, "our_number", "4155550123"),
        (EffectKind.CALL, "recording_url", "file:///etc/passwd"),
        (EffectKind.LEAD, "email", "ada at example.com"),
        (EffectKind.LEAD, "email", "ada@example"),
        (EffectKind.DEAL, "amount", "1,200"),
        (EffectKind.DEAL, "amount", 1200),
        (EffectKind.TASK, "due_at_ms", "tomorrow"),
        (EffectKind.TASK, "due_at_ms", 5_000_000_000_000),
        (EffectKind.EVENT, "type", "Call Ended"),
    ],
)
def test_what_only_looks_right_is_refused(kind: EffectKind, name: str, value: Any) -> None:
    with pytest.raises(BadEffectError):
        check_told(kind, {**TOLD[kind], name: value})


@pytest.mark.parametrize(("name", "shown"), [("mood", "mood"), ("+14155550123", "a field")])
def test_what_nobody_knows_is_refused_and_no_number_is_its_name(name: str, shown: str) -> None:
    with pytest.raises(BadEffectError) as caught:
        check_told(EffectKind.CALL, {**TOLD[EffectKind.CALL], name: 1})
    assert caught.value.field == shown


def test_what_must_be_there_and_is_wrong_is_left_to_be_refused_by_its_name() -> None:
    told = {**TOLD[EffectKind.CALL], "title": "", "duration_ms": -1, "body": "said"}
    kept = fitting(EffectKind.CALL, told)
    assert (kept["title"], kept["body"], "duration_ms" in kept) == ("", "said", False)
    with pytest.raises(BadEffectError, match="one line"):
        check_told(EffectKind.CALL, kept)
