"""What is added to the compiled squad when a call is answered. Pure; all that the door needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

# A 4xx of ours means "do not send again", a 5xx "send again" (Vapi §2, retries).
_BACKOFF_PLAN = {
    "type": "exponential",
    "maxRetries": 3,
    "baseDelaySeconds": 1,
    "excludedStatusCodes": [400, 401, 403, 404, 413, 422],
}
_TIMEOUT_SECONDS = 20


# Tells an assistant to go on from what was said; a fixed greeting would start over.
CONTINUE = {"firstMessageMode": "assistant-speaks-first-with-model-generated-message"}


def with_overrides(member: Mapping[str, Any], more: Mapping[str, Any]) -> Json:
    """A squad's member with more overrides of its own; without any, itself."""
    if not more:
        return dict(member)
    return {**member, "assistantOverrides": {**member.get("assistantOverrides", {}), **more}}


def with_server(squad: Mapping[str, Any], url: str, credential_id: str | None = None) -> Json:
    """The squad with the server that all its members report to.

    For the answer to an assistant-request, where an owner wants it: whether a server that Vapi
    learns there gets a credential is open. Never for the body of a POST /call, where it gets
    none (Vapi §1, change of September 2026).
    Naming the credential keeps it apart from others of the account.

    Args:
        squad: A CreateSquadDTO body; it is not changed.
        url: Our webhook, as Vapi reaches it.
        credential_id: Vapi's id of the credential that signs, or None to name none.

    Returns:
        A new CreateSquadDTO body.
    """
    server = server_of(url, credential_id or None)
    return {**squad, "membersOverrides": {**squad.get("membersOverrides", {}), "server": server}}


def server_of(url: str, credential_id: object = None) -> Json:
    """A server of ours as Vapi is told of it: without the plan nothing is ever sent again.

    Args:
        url: Our webhook, as Vapi reaches it.
        credential_id: Of the credential that signs; None: none is named.
    """
    server: Json = {"url": url, "timeoutSeconds": _TIMEOUT_SECONDS, "backoffPlan": _BACKOFF_PLAN}
    return server if credential_id is None else {**server, "credentialId": credential_id}


def with_variables(squad: Mapping[str, Any], variables: Mapping[str, str]) -> Json:
    """The squad with values for the placeholders of its prompts, such as resumeNote.

    Args:
        squad: A CreateSquadDTO body; it is not changed.
        variables: Placeholder to text. Other placeholders keep their values.

    Returns:
        A new CreateSquadDTO body.
    """
    overrides = squad.get("membersOverrides", {})
    values = {**overrides.get("variableValues", {}), **variables}
    return {**squad, "membersOverrides": {**overrides, "variableValues": values}}
