"""The squad that answers a call, as an assistant-request is told it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.vapi.overrides import with_server, with_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

WEBHOOK_PATH = "/vapi/webhook"


class ConfiguredSquad:
    """SquadComposer over the compiled configuration."""

    def __init__(self, squad: Mapping[str, Any], credential_id: str | None) -> None:
        """Keep the squad and the credential that signs its webhooks (None: Vapi's choice)."""
        self._squad = squad
        self._credential_id = credential_id

    def compose(self, base_url: str, start: str | None, resume_note: str) -> dict[str, object]:
        """The squad with its server, beginning with the assistant `start` if it is a member."""
        url = base_url.rstrip("/") + WEBHOOK_PATH
        squad = with_server(self._squad, url, self._credential_id)
        if resume_note:
            squad = with_variables(squad, {"resumeNote": resume_note})
        if start is not None:
            squad["members"] = sorted(
                squad["members"], key=lambda member: _name_of(member) != start
            )  # Vapi begins with the first; the sort is stable
        return squad


def _name_of(member: Mapping[str, Any]) -> str | None:
    name = member.get("assistant", {}).get("name")
    return name if isinstance(name, str) else None
