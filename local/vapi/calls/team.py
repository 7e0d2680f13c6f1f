"""Who can speak in a call: one assistant, or the members of a squad, with their overrides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]

# What Vapi sends when an assistant does not say what it wants (Vapi §2).
DEFAULT_SERVER_MESSAGES = (
    "conversation-update",
    "end-of-call-report",
    "function-call",
    "hang",
    "speech-update",
    "status-update",
    "tool-calls",
    "transfer-destination-request",
    "handoff-destination-request",
    "user-interrupted",
    "assistant.started",
)

_COULD_NOT = {"assistant": "Couldn't Get Assistant.", "squad": "Couldn't Get Squad."}


class NotFoundError(Exception):
    """An id that the account does not have; the message is in Vapi's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The assistants of a call by name; `first` begins.

    `from_request` is true when their configuration came in a POST /call: a server named there
    gets no authentication (Vapi §1, change of September 2026).
    """

    first: str
    members: Mapping[str, Json]
    from_request: bool = False


class Saved(Protocol):
    """What an account has saved."""

    @property
    def saved(self) -> Mapping[str, Mapping[str, Json]]:
        """Resources by kind and id, as they are now."""

    @property
    def versions(self) -> Mapping[str, Sequence[Json]]:
        """Every version of an assistant or a squad by its id, the oldest first."""


def team_of(asked: Json, account: Saved, *, from_request: bool) -> Team:
    """Read assistantId, assistant, squadId or squad out of an answer or a request.

    Args:
        asked: The body of a POST /call or the answer to an assistant-request.
        account: Where saved assistants and squads are.
        from_request: Whether `asked` is the body of a POST /call.

    Raises:
        NotFoundError: An id is unknown, or nothing was named.
    """
    overrides = asked.get("assistantOverrides", {})
    if "assistant" in asked or "assistantId" in asked:
        assistant = _with(_assistant(asked, account), overrides)
        name = assistant.get("name", "assistant")
        return Team(first=name, members={name: assistant}, from_request=from_request)
    squad = asked.get("squad")
    if squad is None and "squadId" in asked:
        squad = _version("squad", asked, account)
    if not squad or not squad["members"]:
        raise NotFoundError("Couldn't Get Assistant. Need Either `assistantId` Or `assistant`.")
    everyone = {**squad.get("membersOverrides", {}), **asked.get("squadOverrides", {})}
    members: dict[str, Json] = {}
    for number, member in enumerate(squad["members"]):
        own = _with(_assistant(member, account), member.get("assistantOverrides", {}))
        assistant = _with(own, everyone)
        members[assistant.get("name", f"member-{number}")] = assistant
    return Team(first=next(iter(members)), members=members, from_request=from_request)


def wanted_messages(assistant: Json) -> tuple[str, ...]:
    """The server messages an assistant asked for, or the default ones."""
    return tuple(assistant.get("serverMessages", DEFAULT_SERVER_MESSAGES))


def first_words(assistant: Json) -> str | None:
    """What an assistant says when it takes over, or None if it waits for the caller."""
    if assistant.get("firstMessageMode") == "assistant-waits-for-user":
        return None
    if assistant.get("firstMessageMode") == "assistant-speaks-first-with-model-generated-message":
        return f"This is {assistant.get('name', 'the assistant')}. How can I help?"
    text = str(assistant.get("firstMessage") or "")
    for name, value in assistant.get("variableValues", {}).items():
        text = text.replace("{{" + name + "}}", str(value))
    return text.strip() or None


def _assistant(holder: Json, account: Saved) -> Json:
    if "assistant" in holder:
        return dict(holder["assistant"])
    found = _version("assistant", holder, account)
    return {key: value for key, value in found.items() if key not in ("orgId", "createdAt")}


def _version(kind: str, holder: Json, account: Saved) -> Json:
    """A saved assistant or squad, as it is or in the version that is asked for: v1, v2 ...

    How Vapi words that there is none is published nowhere; this is in the manner of the others.
    """
    wanted, label = str(holder.get(f"{kind}Id")), holder.get(f"{kind}Version")
    found = account.saved[kind].get(wanted)
    if found is None:
        raise NotFoundError(f"{_COULD_NOT[kind]} `{kind}Id` {wanted} Does Not Exist.")
    if label is None:
        return found
    for number, version in enumerate(account.versions[wanted], 1):
        if label == f"v{number}":
            return version
    raise NotFoundError(f"{_COULD_NOT[kind]} `{kind}Version` {label} Does Not Exist.")


def _with(assistant: Json, overrides: Json) -> Json:
    """Overrides replace whole top-level fields; only variables and appended tools add up."""
    appended = overrides.get("tools:append", [])
    merged = {**assistant, **{k: v for k, v in overrides.items() if k != "tools:append"}}
    values = {**assistant.get("variableValues", {}), **overrides.get("variableValues", {})}
    if values:
        merged["variableValues"] = values
    if appended:
        model = merged.get("model", {})
        merged["model"] = {**model, "tools": [*model.get("tools", []), *appended]}
    return merged
