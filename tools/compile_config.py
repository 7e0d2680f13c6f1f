"""Check the owner's configuration as a whole and write the file that the functions read.

    python -m tools.compile_config                  check everything, write the compiled file
    python -m tools.compile_config --check          write nothing; say what is stale
    python -m tools.compile_config --print squad    show Vapi's JSON of the squad
    python -m tools.compile_config --print sales    show Vapi's JSON of one assistant

Exit status: 0 fine, 1 a mistake in the configuration or a stale file (a line each), 2 usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contact_center.configuration.calendar import compiled_calendar
from contact_center.configuration.call_outcomes import (
    compiled_deal,
    compiled_questions,
    compiled_refusal,
)
from contact_center.configuration.callable_areas import callable_areas
from contact_center.configuration.compiled_config import COMPILED_FILE, COMPILED_VERSION
from contact_center.configuration.hours import compiled_hours
from contact_center.configuration.people import compiled_people
from contact_center.configuration.queue import compiled_queue
from contact_center.configuration.reception import compiled_reception
from contact_center.configuration.rules import compiled_departments, disagreements
from contact_center.configuration.tables import ConfigError
from contact_center.configuration.toml import read_config
from contact_center.configuration.webhooks import compiled_webhooks
from contact_center.conversations.domain.policy import Policy
from contact_center.kernel.rule_tables import RulesError
from contact_center.permission.adapters.dialing_rules_file import RULE_FILES, load_dialing_rules
from contact_center.vapi.assistants.assistants import (
    build_assistants,
    build_callers,
    build_squad,
    recorded_openings,
    recording_notices,
    voicemail_messages,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIG_FOLDER = COMPILED_FILE.parent.parent


def compile_config(folder: Path) -> dict[str, Any]:
    """Build the compiled configuration.

    Args:
        folder: The configuration: *.toml, assistants/*.toml and examples/.

    Returns:
        What the compiled file holds.

    Raises:
        ConfigError: Every mistake found, one line each.
    """
    config = read_config(folder)
    mistakes = [*disagreements(config, folder / "examples"), *_policy_mistakes(config.policy)]
    mistakes += _rule_mistakes(folder)
    if mistakes:
        raise ConfigError(mistakes)
    answering, rules = build_assistants(config), load_dialing_rules(folder)
    return {
        "version": COMPILED_VERSION,
        "source_digest": source_digest(folder),
        "departments": compiled_departments(config.departments),
        "hours": compiled_hours(config),
        "people": compiled_people(config.people),
        "reception": compiled_reception(config),
        "queue": compiled_queue(
            config, callable_areas(rules), test_numbers=rules.allow_test_numbers
        ),
        "questions": compiled_questions(config.call_outcomes),
        "deal": compiled_deal(config.call_outcomes),
        "refusal": compiled_refusal(config.call_outcomes),
        "calendar": compiled_calendar(config.calendar),
        "webhooks": compiled_webhooks(config.webhooks),
        "policy": dict(config.policy),
        "redaction": config.redaction.model_dump(),
        "squad": build_squad(config, answering),
        "assistants": answering | build_callers(config),
        "voicemail_messages": voicemail_messages(config),
        "recording": {
            "notices": recording_notices(config),
            "openings": recorded_openings(config),
        },
    }


def source_digest(folder: Path) -> str:
    """SHA-256, in hex, of the names and bytes of every file that is compiled."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.toml"), *folder.glob("assistants/*.toml")]):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def rendered(compiled: Mapping[str, Any]) -> str:
    """The compiled file's text: the same for the same configuration, and readable in a diff."""
    return json.dumps(compiled, ensure_ascii=False, indent=1) + "\n"


def stale_parts(compiled: Mapping[str, Any], file: Path) -> list[str]:
    """What differs between a file and what it should hold, one line each; empty when nothing."""
    try:
        text = file.read_text(encoding="utf-8")
        written = json.loads(text)
    except OSError:
        return [f"{file.name}: the file is missing"]
    except ValueError:
        return [f"{file.name}: not JSON"]
    if text == rendered(compiled):
        return []
    return [
        f"{file.name}: {part} is stale"
        for part in compiled
        if not isinstance(written, dict) or written.get(part) != compiled[part]
    ] or [f"{file.name}: written in another form"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    arguments = _parser().parse_args(argv)
    output = arguments.config / "compiled" / "contact_center.json"
    try:
        compiled = compile_config(arguments.config)
    except ConfigError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)
        return 1
    if arguments.print is not None:
        return _print(compiled, arguments.print)
    if arguments.check:
        stale = stale_parts(compiled, output)
        for line in stale:
            print(f"{line}; run make config", file=sys.stderr)
        return 1 if stale else 0
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(rendered(compiled), encoding="utf-8")
    members = len(compiled["squad"]["members"])
    departments = len(compiled["departments"]["by_key"])
    print(f"compiled {departments} departments and a squad of {members} assistants")
    return 0


def _policy_mistakes(policy: Mapping[str, Any]) -> list[str]:
    try:
        Policy.from_dict(policy)
    except (KeyError, TypeError, ValueError) as error:
        return [f"policy.toml: {str(error).removeprefix('policy: ')}"]
    return []


def _rule_mistakes(folder: Path) -> list[str]:
    """What is wrong with the rules of dialing, the first of it."""
    for name in RULE_FILES:
        try:
            tomllib.loads((folder / name).read_text(encoding="utf-8"))
        except OSError:
            return [f"{name}: the file is missing"]
        except ValueError as error:
            return [f"{name}: {error}"]
    try:
        load_dialing_rules(folder)
    except RulesError as error:
        return [str(error)]
    return []


def _print(compiled: Mapping[str, Any], name: str) -> int:
    shown = compiled["squad"] if name == "squad" else compiled["assistants"].get(name)
    if shown is None:
        known = ", ".join(["squad", *compiled["assistants"]])
        print(f"nothing is called {name!r}; there are {known}", file=sys.stderr)
        return 1
    print(json.dumps(shown, ensure_ascii=False, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.compile_config",
        description="Check config/*.toml and write the compiled configuration.",
    )
    parser.add_argument("--config", type=Path, default=CONFIG_FOLDER, help="another folder")
    parser.add_argument("--check", action="store_true", help="write nothing, say what is stale")
    parser.add_argument("--print", metavar="NAME", help="show the JSON of squad or an assistant")
    return parser


if __name__ == "__main__":
    sys.exit(main())
