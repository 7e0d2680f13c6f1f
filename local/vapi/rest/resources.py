"""What an account keeps: assistants, squads, tools, numbers and credentials.

A PATCH replaces top-level fields. A credential's keys are never shown again. A number of Twilio's
that is imported or changed has its addresses there set to Vapi's own, which takes the account's
token; its messages too, unless that very request says smsEnabled false.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.vapi.rest.lists import newest, query_problems
from local.vapi.rest.wire import BAD_REQUEST, CREATED, OK, Answer, error, json_answer, missing
from local.vapi.webhooks.signing import credential_from_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.vapi.calls.account import Account
    from local.vapi.rest.wire import Request

Json = dict[str, Any]

KEPT: dict[str, tuple[str, str | None]] = {
    "assistant": ("CreateAssistantDTO", "CreateAssistantDTO"),
    "squad": ("CreateSquadDTO", "CreateSquadDTO"),
    "tool": ("Tool", None),
    "phone-number": ("CreatePhoneNumberDTO", "CreateTwilioPhoneNumberDTO"),
    "credential": ("CreateCredentialDTO", "CreateCustomCredentialDTO"),
}
CREDENTIAL, NUMBER, SQUAD = "credential", "phone-number", "squad"
NEVER_SHOWN = frozenset({"secretKey", "token", "clientSecret"})
WHO_ANSWERS = ("assistantId", "squadId", "workflowId")
UNIQUE = ("number", "sipUri")  # of a number
NEEDED = {"twilio": ("number", "twilioAccountSid")}  # of a number, by its provider


@dataclass(slots=True)
class Resources:
    """Answers requests for what one account keeps."""

    account: Account

    def answer(self, request: Request, resource: str, wanted: str) -> Answer:
        """Answer one request for a list or for one."""
        kept = self.account.saved[resource]
        one = kept.get(wanted)
        match request.method:
            case "GET" if not wanted:
                return self._list(resource, request.query)
            case "POST" if not wanted:
                return self._save(request, resource, None)
            case "PATCH" if one is not None:
                return self._save(request, resource, one)
            case "GET" | "DELETE" if one is not None:
                if request.method == "DELETE":
                    del kept[wanted]
                return json_answer(OK, _shown(resource, one))
        return missing()

    def _list(self, resource: str, query: Mapping[str, str]) -> Answer:
        if found := list(query_problems(query)):
            return error(BAD_REQUEST, found)
        page = newest(list(self.account.saved[resource].values()), query)
        return json_answer(OK, [_shown(resource, each) for each in page])

    def _save(self, request: Request, resource: str, before: Json | None) -> Answer:
        if not isinstance(request.body, dict):
            return error(BAD_REQUEST, ["body must be an object"])
        body = request.body
        found = self._wrong(resource, body, before) or list(self._unknown(resource, body))
        if not found and resource == NUMBER:
            found = self._taken(body, before) or self._not_ours(body, before)
        if found:
            return error(BAD_REQUEST, found)
        if before is None:
            made = self.account.keep(resource, body)
        else:
            made = self.account.change(resource, before["id"], body)
        if resource == CREDENTIAL:
            plan = made["authenticationPlan"]
            self.account.credentials[made["id"]] = credential_from_plan(plan)
        if resource == NUMBER and made["provider"] == "twilio":
            self._move(made, messages=body.get("smsEnabled", True))
        return json_answer(CREATED if before is None else OK, _shown(resource, made))

    def _wrong(self, resource: str, body: Json, before: Json | None) -> list[str]:
        """What the rules and, for a whole body, the published schema find wrong."""
        rule, schema = KEPT[resource]
        if resource == NUMBER and body.get("provider") != "twilio":
            schema = None  # of the other providers none is at hand
        if before is not None:
            schema = None
            if resource in {NUMBER, CREDENTIAL}:
                if body.get("provider", before["provider"]) != before["provider"]:
                    return ["provider must not be changed"]
                body = {"provider": before["provider"], **body}
            # who answers is taken away with null
            body = {k: v for k, v in body.items() if k not in WHO_ANSWERS or v is not None}
        found = self.account.wrong(rule, schema, body)
        if before is None:
            wanted = NEEDED.get(str(body.get("provider")), ()) if resource == NUMBER else ()
            found += [f"{name} should not be empty" for name in wanted if name not in body]
        if not found and "authenticationPlan" in body:
            try:
                credential_from_plan(body["authenticationPlan"])
            except (KeyError, ValueError) as problem:
                found = [f"authenticationPlan is not complete: {problem}"]
        return found

    def _unknown(self, resource: str, body: Json) -> Iterator[str]:
        """Ids of what the account does not have."""
        server = body.get("server") or {}
        credential = server.get("credentialId")
        known = {*self.account.saved[CREDENTIAL], *self.account.credentials}
        if credential is not None and credential not in known:
            yield f"Couldn't Get Credential. `credentialId` {credential} Does Not Exist."
        if resource == SQUAD:
            for member in body.get("members", ()):
                wanted = member.get("assistantId")
                if wanted is not None and wanted not in self.account.saved["assistant"]:
                    yield f"Couldn't Get Assistant. `assistantId` {wanted} Does Not Exist."

    def _taken(self, body: Json, before: Json | None) -> list[str]:
        """A number or a SIP address that another number of the account has."""
        mine = None if before is None else before["id"]
        return [
            f"{name} {body[name]} already exists"
            for name in UNIQUE
            for other in self.account.saved[NUMBER].values()
            if name in body and other["id"] != mine and other.get(name) == body[name]
        ]

    def _not_ours(self, body: Json, before: Json | None) -> list[str]:
        """Vapi asks Twilio whether the account has the number, with the token it was given."""
        carrier, number = self.account.carrier, {**(before or {}), **body}
        if carrier is None or number.get("provider") != "twilio":
            return []
        keys = (number["twilioAccountSid"], number.get("twilioAuthToken", ""))
        if carrier.has(number["number"], *keys):
            return []
        return [f"Number {number['number']} Not Found on Twilio. Hot tip, check the credentials."]

    def _move(self, number: Json, *, messages: bool) -> None:
        """The number asks Vapi from now on, about its messages too."""
        if self.account.carrier is not None:
            base = self.account.base_url
            self.account.carrier.take_over(
                number["number"],
                voice_url=f"{base}/twilio/inbound_call",
                status_callback=f"{base}/twilio/status",
                messages_url=f"{base}/twilio/sms" if messages else None,
            )


def _shown(resource: str, kept: Json) -> Json:
    if resource != CREDENTIAL:
        return kept
    plan = kept["authenticationPlan"]
    return {
        **kept,
        "authenticationPlan": {k: v for k, v in plan.items() if k not in NEVER_SHOWN},
    }
