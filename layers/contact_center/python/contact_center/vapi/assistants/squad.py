"""The squad that answers a call, as an assistant-request is told it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.vapi.assistants.overrides import (
    CONTINUE,
    with_overrides,
    with_server,
    with_variables,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.conversations.services.ports.callers import Opening

WEBHOOK_PATH = "/vapi/webhook"


def has_tool(squad: Mapping[str, Any], name: str) -> bool:
    """Whether one of a squad has a tool."""
    return any(
        tool.get("function", {}).get("name") == name
        for member in squad["members"]
        for tool in member["assistant"].get("model", {}).get("tools", ())
    )


class ConfiguredSquad:
    """SquadComposer over the compiled configuration."""

    def __init__(
        self,
        squad: Mapping[str, Any],
        credential_id: str | None,
        *,
        names_server: bool = False,
        notices: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what an answer is made of.

        Args:
            squad: The compiled one.
            credential_id: Of the credential that signs for a server that is named (None: Vapi's
                choice).
            names_server: Whether the answer names our server; else the phone number's is used,
                for which Vapi certainly has the credential.
            notices: What is said where calls are recorded, by assistant (recorded.py).
        """
        self._squad = squad
        self._credential_id = credential_id
        self._names_server = names_server
        self._notices = notices or {}

    def compose(self, base_url: str, opening: Opening) -> dict[str, object]:
        """The squad, beginning with the assistant of the opening if it is a member."""
        squad = dict(self._squad)
        if self._names_server:
            url = base_url.rstrip("/") + WEBHOOK_PATH
            squad = with_server(squad, url, self._credential_id)
        if opening.note:
            squad = with_variables(squad, {"resumeNote": opening.note})
        if opening.start is not None:
            squad["members"] = sorted(
                squad["members"], key=lambda member: _name_of(member) != opening.start
            )  # Vapi begins with the first; the sort is stable
        first, *others = squad["members"]
        words = self._first_words(opening, _name_of(first) or "")
        squad["members"] = [with_overrides(first, words), *others]
        return squad

    def saved(self, squad_id: str, opening: Opening) -> dict[str, object]:
        """A saved squad; its members that are handed a call open by their model in any case."""
        overrides = self._first_words(opening, "")
        if opening.note:
            overrides["variableValues"] = {"resumeNote": opening.note}
        answer: dict[str, object] = {"squadId": squad_id}
        return answer | ({"squadOverrides": overrides} if overrides else {})

    def _first_words(self, opening: Opening, name: str) -> dict[str, object]:
        """What is said first in place of the greeting; who goes on was told when he was greeted."""
        if opening.goes_on:
            return dict(CONTINUE)
        if opening.question is None:
            return {}
        notice = self._notices.get(name, self._notices.get("", ""))
        return {"firstMessage": f"{notice} {opening.question}".strip()}


def _name_of(member: Mapping[str, Any]) -> str | None:
    name = member.get("assistant", {}).get("name")
    return name if isinstance(name, str) else None
