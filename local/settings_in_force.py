"""What `make up` says of its settings: those in force, and names that nothing reads."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.settings import LOCAL_NAMES, RENAMED, SECRET_NAMES, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from local.settings import LocalSettings

# A terminal is no place for somebody's number.
PRIVATE_NAMES = SECRET_NAMES | {"PERSON_NUMBER", "TEST_CALL_NUMBERS"}
ON_AWS_ALONE = frozenset(
    {"LOG_RETENTION_DAYS", "ALARM_TOPIC_ARN", "WEBHOOK_CONCURRENCY", "OPERATOR_CONCURRENCY"}
    | {"PROVISION_AT_DEPLOY", "ROLLOUT", "SNAP_START"}
    | {"DOMAIN_NAME", "DOMAIN_CERTIFICATE_ARN", "DOMAIN_ZONE_ID"}
)
LOCAL_DEFAULTS = {
    "PORT": "3000",
    "PERSIST": "0",
    "LOCAL_NOW": "now",
    "LOCAL_SPEED": "1",
    "EFFECT_HINTS": "true",
}
LIKE_ENOUGH = 0.6
_LOGIN = re.compile(r"//[^/@]*@")  # of an address
HEADING = "Settings in force, private ones only as set or not:"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as a person is shown it. `value` is empty when there is none."""

    name: str
    value: str
    origin: str


def settings_in_force(
    settings: LocalSettings, defaults: Mapping[str, str], running: Mapping[str, str]
) -> list[Setting]:
    """Every setting of a run, in the order of .env.example.

    Args:
        settings: As read.
        defaults: What the template gives its parameters, by the names of settings.
        running: What the system runs with, by the same names.
    """
    shown = [_local(name, settings) for name in LOCAL_NAMES]
    for name, default in defaults.items():
        if name in ON_AWS_ALONE and name not in settings.origins:
            continue
        made_here = running[name] != default and name not in settings.origins
        origin: str = Origin.RUN if made_here else settings.origins.get(name, Origin.DEFAULT)
        if name in ON_AWS_ALONE:
            origin += ", but counts on AWS alone"
        shown.append(Setting(name, _shown(name, running[name]), origin))
    return shown


def settings_table(shown: Sequence[Setting]) -> str:
    """Name, origin and value in columns."""
    names = max(len(one.name) for one in shown)
    origins = max(len(one.origin) for one in shown)
    rows = (f"  {one.name:{names}}  {one.origin:{origins}}  {one.value or '-'}" for one in shown)
    return "\n".join([HEADING, *rows])


def unread_notes(written: Iterable[str], read: Iterable[str]) -> list[str]:
    """What to say of the names in .env that nothing reads, one line each.

    Args:
        written: The names in .env.
        read: Every name that is read.
    """
    known = list(read)
    return [_unread(name, known) for name in written if name not in {*known, *RENAMED}]


def dialing_note(settings: LocalSettings) -> str:
    """What to say of a run with a Vapi of one's own that cannot call anybody; else nothing."""
    if settings.simulated or "VAPI_PHONE_NUMBER_ID" in settings.values:
        return ""
    return (
        "Nothing can be dialled: VAPI_PHONE_NUMBER_ID is not set. Calls that come in are answered; "
        "a campaign can call if it names a phoneNumberId of its own."
    )


def _unread(name: str, known: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(name.upper(), known, n=1, cutoff=LIKE_ENOUGH)
    if not nearest:
        return f"{name} in .env is read by nothing, nor is any name like it: see .env.example."
    return f"{name} in .env is read by nothing. The nearest name that is read: {nearest[0]}."


def _local(name: str, settings: LocalSettings) -> Setting:
    made_up = {"VAPI_SECRET": settings.vapi_secret, "OPERATOR_TOKEN": settings.operator_token}
    origin = settings.origins.get(name, Origin.RUN if name in made_up else Origin.DEFAULT)
    value = settings.values.get(name, made_up.get(name, LOCAL_DEFAULTS.get(name, "")))
    return Setting(name, _shown(name, value), origin)


def _shown(name: str, value: str) -> str:
    if name in PRIVATE_NAMES:
        return "set" if value else "not set"
    return _LOGIN.sub("//", value)
