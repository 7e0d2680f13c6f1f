"""`make invoke`: one function on events, without Docker, as `sam local invoke` does it with it."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local.cloud.emulator import EmulatorError
from local.cloud.intrinsics import TemplateError
from local.cloud.one_process import run_events
from local.cloud.run_record import read_record
from local.cloud.system import LocalSystem
from local.cloud.template_reader import read_template, setting_name
from local.settings import read_settings
from local.settings_text import SettingsError
from local.up import start_vapi, template_path

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from local.cloud.run_record import RunRecord

# What the files of events/ are signed with and ask with. Nothing of the owner's is read, so
# nothing real can be dialled.
EVENT_SETTINGS = {
    "PORT": "0",
    "VAPI_SECRET": "made-up-for-events",
    "VAPI_WEBHOOK_AUTH": "secret",  # a signature with a timestamp is good for five minutes
    "OPERATOR_TOKEN": "made-up-operator-token",
    "VIEWER_TOKEN": "made-up-viewer-token",
}
STANDARD_INPUT = "-"


class InvokeError(Exception):
    """Something to invoke is missing or unknown; the message says what to do."""


def run(args: argparse.Namespace) -> int:
    """Run the events; prints each answer as a line on standard output.

    Returns:
        The exit status: 1 when the function failed on an event, 2 when nothing was run, 130 when
        somebody stopped it.
    """
    try:
        template = template_path(built=args.built)
        function = known_function(args.function, read_template(template, {}).functions)
        events = [read_event(name) for name in _named(args.events)]
        with _system(args.folder, template) as record:
            log_path = args.folder.resolve() / "logs" / f"invoke-{function}.log"
            outcomes = run_events(function, events, template, record, log_path)
    except KeyboardInterrupt:
        return 130
    except (InvokeError, SettingsError, TemplateError, EmulatorError) as problem:
        print(problem, file=sys.stderr)
        return 2
    for outcome in outcomes:
        print(outcome.payload.decode())
    return int(any(outcome.failed for outcome in outcomes))


def known_function(said: str, functions: Iterable[str]) -> str:
    """The template's name of a function that is called call_router, or CallRouter.

    Raises InvokeError with the list of those there are.
    """
    folders = {setting_name(name).lower(): name for name in functions}
    for folder, name in folders.items():
        if said in {folder, name}:
            return name
    unknown = f"There is no function {said}." if said else "FUNCTION is missing."
    raise InvokeError(f"{unknown} Those there are: {', '.join(sorted(folders))}.")


def read_event(name: str) -> bytes:
    """An event out of a file, or out of standard input. Raises InvokeError."""
    try:
        text = sys.stdin.read() if name == STANDARD_INPUT else Path(name).read_text("utf-8")
        json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise InvokeError(
            f"{name} cannot be read: {reason}. `ls events` shows those there are."
        ) from error
    except ValueError as error:
        raise InvokeError(f"{name} is not JSON: {error}") from error
    return text.encode()


def _named(events: Sequence[str]) -> Sequence[str]:
    if not events:
        raise InvokeError(
            "EVENT is missing: a file such as events/sqs-transcript-final.json, or - for "
            "standard input. `ls events` shows those there are."
        )
    return events


@contextmanager
def _system(folder: Path, template: Path) -> Iterator[RunRecord]:
    """The system that is up in a folder, or one for the moment."""
    record = read_record(folder)
    if record is not None:
        print(f"Against the system that is up at {record.url}.", file=sys.stderr)
        yield record
        return
    print(
        f"No system is up in {folder}: one is started for the moment, with a simulator of Vapi and "
        "the keys that events/ use.",
        file=sys.stderr,
    )
    settings = read_settings(None, EVENT_SETTINGS)
    with LocalSystem(
        settings, start_vapi=start_vapi, template_path=template, folder=folder
    ) as system:
        yield system.record
