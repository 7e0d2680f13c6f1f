"""The owner's configuration as the functions read it: one JSON file, checked when it was made.

`tools/compile_config.py` validates config/*.toml together and writes this file, so that no
function needs a validator or a TOML reader at run time.
"""

from __future__ import annotations

import json
import re
from dataclasses import field
from typing import TYPE_CHECKING, Any

from contact_center.config import COMPILED_FOLDER
from contact_center.conversations.domain.departments import Department, Departments
from contact_center.conversations.domain.policy import Policy
from contact_center.kernel.data_classes import dataclass
from contact_center.records.domain.redaction_kinds import Redaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from contact_center.people.domain.roster import Roster
    from contact_center.queue.domain.queue_rules import QueueRules
    from contact_center.records.domain.calendar import CalendarRules
    from contact_center.records.domain.call_questions import CallQuestions
    from contact_center.records.domain.deals import DealRule
    from contact_center.records.domain.refusals import RefusalRule
    from contact_center.records.domain.webhooks import Webhook
    from contact_center.visits.domain.courtesies import Courtesies
    from contact_center.visits.domain.opening_hours import OpeningHours

COMPILED_VERSION = 1
COMPILED_FILE = COMPILED_FOLDER / "contact_center.json"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class CompiledConfigError(Exception):
    """The compiled file cannot be used; the message says what to run."""


LONGEST_CALL_SECONDS = 600  # Vapi's own, for an assistant that names none (facts/vapi.md §4)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCenter:
    """Everything an owner configured.

    Attributes:
        departments: Who can take a call. The person's number is a setting, not in here.
        compiled_hours, compiled_people, compiled_reception, compiled_queue, compiled_questions,
        compiled_deal, compiled_refusal, compiled_calendar, compiled_webhooks:
            What `hours`, `roster`, `reception`, `queue_rules`, `call_questions`, `deal_rule`,
            `calendar` and `webhooks` are made of.
        policy: The constants of the conversation policy.
        redaction: What is not kept of words.
        squad: Vapi's CreateSquadDTO, without a server (`vapi/assistants/overrides.py`).
        assistants: Vapi's CreateAssistantDTO by name, to be used on their own: one that may
            call out as it calls (it has a voicemailDetection), any other as it answers.
        voicemail_messages: By assistant that may call out, what it leaves on a voicemail.
        recording: What is said where calls are recorded: `notices` and whole `openings`, by
            assistant.
        notices: What assistants say of it; empty: calls are not recorded.
    """

    departments: Departments
    compiled_hours: Mapping[str, Any]
    compiled_people: Mapping[str, Any]
    compiled_reception: Mapping[str, Any]
    compiled_queue: Mapping[str, Any]
    compiled_questions: Mapping[str, Any]
    compiled_deal: Mapping[str, Any] | None
    compiled_refusal: Mapping[str, Any] | None
    compiled_calendar: Mapping[str, Any]
    compiled_webhooks: Sequence[Mapping[str, Any]]
    policy: Policy
    redaction: Redaction
    squad: dict[str, Any]
    assistants: dict[str, dict[str, Any]]
    voicemail_messages: dict[str, str]
    recording: Mapping[str, Mapping[str, str]]
    notices: Mapping[str, str] = field(default_factory=dict)

    @property
    def hours(self) -> OpeningHours:
        """When departments are open, made anew: most functions never ask, and load none of it.

        Raises CompiledConfigError.
        """
        from contact_center.visits.domain.opening_hours import OpeningHours  # noqa: PLC0415

        try:
            return OpeningHours.from_dict(self.compiled_hours)
        except (KeyError, TypeError, ValueError) as error:
            raise CompiledConfigError(f"hours: {error}; run make config") from error

    @property
    def roster(self) -> Roster:
        """The people, made anew: most functions never ask, and load none of it.

        Raises CompiledConfigError.
        """
        from contact_center.people.domain.roster import Roster  # noqa: PLC0415

        try:
            return Roster.from_dict(self.compiled_people)
        except (KeyError, TypeError, ValueError) as error:
            raise CompiledConfigError(f"people: {error}; run make config") from error

    @property
    def reception(self) -> Courtesies:
        """What callers hear where no assistant speaks, made anew. Raises CompiledConfigError."""
        from contact_center.visits.domain.courtesies import Courtesies  # noqa: PLC0415

        try:
            return Courtesies.from_dict(self.compiled_reception)
        except (KeyError, TypeError, ValueError) as error:
            raise CompiledConfigError(f"reception: {error}; run make config") from error

    @property
    def queue_rules(self) -> QueueRules:
        """How callers wait, made anew. Raises CompiledConfigError."""
        from contact_center.queue.domain.queue_rules import QueueRules  # noqa: PLC0415

        try:
            return QueueRules.from_dict(self.compiled_queue)
        except (KeyError, TypeError, ValueError) as error:
            raise CompiledConfigError(f"queue: {error}; run make config") from error

    @property
    def call_questions(self) -> CallQuestions:
        """What is asked about every call, made anew. Raises CompiledConfigError."""
        from contact_center.records.domain.call_questions import CallQuestions  # noqa: PLC0415

        try:
            return CallQuestions.from_dict(self.compiled_questions)
        except (KeyError, TypeError, ValueError) as error:
            raise CompiledConfigError(f"questions: {error}; run make config") from error

    @property
    def deal_rule(self) -> DealRule | None:
        """Of which calls a CRM is told a deal, made anew. Raises CompiledConfigError."""
        from contact_center.records.domain.deals import DealRule  # noqa: PLC0415

        try:
            return None if self.compiled_deal is None else DealRule.from_dict(self.compiled_deal)
        except (KeyError, TypeError, AttributeError) as error:
            raise CompiledConfigError(f"deal: {error}; run make config") from error

    @property
    def refusal_rule(self) -> RefusalRule | None:
        """Which answers are a refusal, made anew. Raises CompiledConfigError."""
        from contact_center.records.domain.refusals import RefusalRule  # noqa: PLC0415

        told = self.compiled_refusal
        try:
            return None if told is None else RefusalRule.from_dict(told)
        except (KeyError, TypeError, AttributeError) as error:
            raise CompiledConfigError(f"refusal: {error}; run make config") from error

    @property
    def calendar(self) -> CalendarRules:
        """When meetings can be booked, made anew. Raises CompiledConfigError."""
        from contact_center.records.domain.calendar import CalendarRules  # noqa: PLC0415

        try:
            return CalendarRules.from_dict(self.compiled_calendar)
        except (KeyError, TypeError, ValueError) as error:
            raise CompiledConfigError(f"calendar: {error}; run make config") from error

    @property
    def webhooks(self) -> tuple[Webhook, ...]:
        """Who is told of what happened, made anew. Raises CompiledConfigError."""
        from contact_center.records.domain.webhooks import Webhook  # noqa: PLC0415

        try:
            return tuple(Webhook.from_dict(each) for each in self.compiled_webhooks)
        except (KeyError, TypeError) as error:
            raise CompiledConfigError(f"webhooks: {error}; run make config") from error

    @property
    def longest_call_seconds(self) -> int:
        """The longest call that one of the assistants allows."""
        return max(
            int(assistant.get("maxDurationSeconds", LONGEST_CALL_SECONDS))
            for assistant in self.assistants.values()
        )


def load_contact_center(path: Path | None = None) -> ContactCenter:
    """Read the compiled configuration.

    Args:
        path: The file; without it, the one shipped beside this code.

    Returns:
        The configuration as domain objects and as Vapi's JSON.

    Raises:
        CompiledConfigError: The file is absent, not JSON, of another version, or carries no
            digest of its inputs.
    """
    file = path or COMPILED_FILE
    compiled = _read(file)
    try:
        return ContactCenter(
            departments=_departments(compiled["departments"]),
            compiled_hours=compiled["hours"],
            compiled_people=compiled["people"],
            compiled_reception=compiled["reception"],
            compiled_queue=compiled["queue"],
            compiled_questions=compiled["questions"],
            compiled_deal=compiled["deal"],
            compiled_refusal=compiled["refusal"],
            compiled_calendar=compiled["calendar"],
            compiled_webhooks=compiled["webhooks"],
            policy=Policy.from_dict(compiled["policy"]),
            redaction=Redaction.from_dict(compiled["redaction"]),
            squad=compiled["squad"],
            assistants=compiled["assistants"],
            voicemail_messages=compiled["voicemail_messages"],
            recording={name: compiled["recording"][name] for name in ("notices", "openings")},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CompiledConfigError(f"{file.name}: {error}; run make config") from error


def _read(file: Path) -> dict[str, Any]:
    try:
        compiled = json.loads(file.read_bytes())
    except OSError as error:
        raise CompiledConfigError(f"{file.name}: {error.strerror}; run make config") from error
    except ValueError as error:
        raise CompiledConfigError(f"{file.name}: not JSON ({error}); run make config") from error
    if not isinstance(compiled, dict) or compiled.get("version") != COMPILED_VERSION:
        raise CompiledConfigError(
            f"{file.name}: not version {COMPILED_VERSION} of the format; run make config"
        )
    if not _DIGEST.fullmatch(str(compiled.get("source_digest", ""))):
        raise CompiledConfigError(
            f"{file.name}: source_digest is not a SHA-256 in hex; run make config"
        )
    return compiled


def _departments(compiled: dict[str, Any]) -> Departments:
    person = compiled["person"]
    return Departments(
        by_key={
            key: Department(key=key, **{**spec, "aliases": tuple(spec["aliases"])})
            for key, spec in compiled["by_key"].items()
        },
        default=compiled["default"],
        person_keypad=person["keypad"],
        person_aliases=tuple(person["aliases"]),
    )
