"""What an owner's prompts and messages are filled in with while they are compiled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.understanding.domain.routes import PERSON

if TYPE_CHECKING:
    from contact_center.configuration.toml import AssistantToml, CompanyToml, OwnerConfig


def voicemail_message(assistant: AssistantToml, company: CompanyToml) -> str:
    """The assistant's own text as its owner wrote it, or else the company's."""
    own = assistant.calling and assistant.calling.voicemail_message
    return own or (company.outbound.voicemail_message if company.outbound else "")


def recording_notice(assistant: AssistantToml, company: CompanyToml) -> str:
    """What an assistant says of it where calls are recorded."""
    return assistant.recording_notice or company.recording.notice


def digit_by_digit(number: str) -> str:
    """A telephone number as every voice says it: "8 0 0, 5 5 5, 0 1 0 0", not eight hundred.

    Args:
        number: As its owner wrote it; in words it stays as it is.
    """
    groups = re.findall(r"\d+", number)
    if not groups or re.search(r"[a-z]", number, re.IGNORECASE):
        return number
    return ", ".join(" ".join(group) for group in groups)


def placeholders(config: OwnerConfig, notice: str = "") -> dict[str, str]:
    """What the placeholders of prompts and messages stand for while compiling.

    Args:
        config: The owner's files.
        notice: That the call is recorded, where it is.

    Returns:
        Placeholder to text. Others are Vapi's to fill in during the call.
    """
    departments = config.departments
    listed = [f"  - {each.key}: {each.description}" for each in departments.departments]
    names = [each.name for each in departments.departments]
    outbound = config.company.outbound
    emergencies = config.policy.get("emergencies") or {}
    return {
        "emergencyNumber": digit_by_digit(str(emergencies.get("number", ""))),
        "callBackNumber": digit_by_digit(outbound.call_back_number) if outbound else "",
        "optOutKey": str(config.policy.get("opt_out_key", "")),
        "optOutPhrase": str(config.policy.get("opt_out_phrase", "")),
        "recordingNotice": notice,
        "companyName": config.company.company_name,
        "hours": config.company.hours,
        "departments": "\n".join([*listed, f"  - {PERSON}: {departments.person.description}"]),
        "departmentNames": ", ".join(names[:-1]) + (" or " if names[1:] else "") + names[-1],
    }
