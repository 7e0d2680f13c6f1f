"""webhooks.toml: what an owner is told when it is wrong, and what functions read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import CompiledConfigError, load_contact_center
from contact_center.configuration.tables import ConfigError
from contact_center.records.domain.webhooks import EVENTS, Webhook
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import compile_config, main

if TYPE_CHECKING:
    from pathlib import Path

FILE = "webhooks.toml"
URL = "https://hooks.example.com/orders"
ONE = f'[[webhook]]\nname = "orders"\nurl = "{URL}"\n'


@pytest.fixture
def owner(tmp_path: Path) -> OwnerFolder:
    return OwnerFolder(tmp_path)


def write(owner: OwnerFolder, text: str) -> None:
    (owner.path / FILE).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (ONE.replace("https", "http"), "must begin with https://"),
        (ONE.replace(URL, "hooks"), "must be an https address such as"),
        (ONE.replace("hooks.example.com", "me:it@hooks.example.com"), "neither a login nor"),
        (ONE.replace("hooks.example.com", "10.0.0.8"), "must be on the public internet"),
        (ONE.replace("hooks.example.com", "127.0.0.1"), "must be on the public internet"),
        (ONE.replace("hooks.example.com", "[::1]"), "must be on the public internet"),
        (ONE.replace("hooks.example.com", "localhost"), "must be on the public internet"),
        (ONE.replace('orders"', 'My orders"', 1), "must be 1 to 40 lower-case letters"),
        (ONE + 'events = ["call.begun"]', "must be one of call.ended, call.updated"),
        (ONE + "events = []", "should have at least 1"),
        (ONE + 'events = ["call.ended", "call.ended"]', "events: one stands there twice"),
        (ONE + 'secret = "whsec_x y"', "must be 1 to 40 lower-case letters"),
        (ONE + "retries = 3", "is not a key of this table"),
        (ONE + ONE, "name 'orders' stands there 2 times"),
        ("".join(ONE.replace('orders"', f'o{n}"', 1) for n in range(11)), "at most 10"),
    ],
)
def test_what_is_wrong_is_named_with_file_key_and_rule(
    owner: OwnerFolder, text: str, mistake: str
) -> None:
    write(owner, text)
    with pytest.raises(ConfigError) as caught:
        compile_config(owner.path)
    assert any(FILE in line and mistake in line for line in caught.value.mistakes), (
        caught.value.mistakes
    )


def test_functions_read_what_was_compiled(owner: OwnerFolder) -> None:
    write(owner, ONE + ONE.replace("orders", "crm") + 'events = ["call.ended"]\nsecret = "k"\n')
    assert main(["--config", str(owner.path)]) == 0
    webhooks = load_contact_center(owner.compiled).webhooks
    assert webhooks == (
        Webhook(name="orders", url=URL, events=frozenset(EVENTS), secret="orders"),
        Webhook(
            name="crm",
            url=URL.replace("orders", "crm"),
            events=frozenset({"call.ended"}),
            secret="k",
        ),
    )
    assert [one.receiver for one in webhooks] == ["webhook:orders", "webhook:crm"]


def test_as_shipped_nobody_is_told() -> None:
    assert load_contact_center().webhooks == ()


def test_a_file_that_another_release_compiled_says_what_to_run(owner: OwnerFolder) -> None:
    write(owner, ONE)
    main(["--config", str(owner.path)])
    text = owner.compiled.read_text(encoding="utf-8").replace('"events"', '"topics"')
    owner.compiled.write_text(text, encoding="utf-8")
    with pytest.raises(CompiledConfigError, match=r"webhooks: .*run make config"):
        _ = load_contact_center(owner.compiled).webhooks
