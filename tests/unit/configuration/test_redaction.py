"""[redaction] of policy.toml: what an owner is told when it is wrong, and what is read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import CompiledConfigError, load_contact_center
from contact_center.configuration.tables import ConfigError
from contact_center.records.domain.redaction_kinds import EVERYTHING, Kind
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import compile_config, main

if TYPE_CHECKING:
    from pathlib import Path

AT_MOST_120 = "input should be less than or equal to 120"


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


def test_as_shipped_everything_is_taken_out() -> None:
    assert load_contact_center().redaction == EVERYTHING


def test_a_kind_that_is_switched_off_is_kept(owner: OwnerFolder) -> None:
    owner.edit("policy.toml", "email = true", "email = false")
    owner.edit("policy.toml", "seconds_between_turns = 30", "seconds_between_turns = 10")
    main(["--config", str(owner.path)])
    rules = load_contact_center(owner.compiled).redaction
    assert rules.kinds == frozenset(Kind) - {Kind.EMAIL}
    assert rules.gap_ms == 10_000


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "card = true",
            "card = false",
            "policy.toml: redaction.card: must be true: card numbers are never kept",
        ),
        (
            "email = true",
            "e_mail = true",
            "policy.toml: redaction.e_mail: is not a key of this table",
        ),
        (
            "phone = true",
            'phone = "yes"',
            "policy.toml: redaction.phone: input should be a valid boolean",
        ),
        (
            "seconds_between_turns = 30",
            "seconds_between_turns = 300",
            "policy.toml: redaction.seconds_between_turns: " + AT_MOST_120,
        ),
    ],
)
def test_a_mistake_is_told_with_file_key_and_rule(
    owner: OwnerFolder, old: str, new: str, told: str
) -> None:
    owner.edit("policy.toml", old, new)
    with pytest.raises(ConfigError) as refused:
        compile_config(owner.path)
    assert refused.value.mistakes == (told,)


def test_a_compiled_file_that_keeps_card_numbers_is_refused(owner: OwnerFolder) -> None:
    main(["--config", str(owner.path)])
    text = owner.compiled.read_text(encoding="utf-8")
    owner.compiled.write_text(
        text.replace('"card": true', '"card": false').replace('"card":true', '"card":false'),
        encoding="utf-8",
    )
    with pytest.raises(CompiledConfigError, match="card must be true"):
        load_contact_center(owner.compiled)
