"""Conferences by REST."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from local.twilio.ids import rfc_2822
from local.twilio.rest.refusals import RefusedError
from local.twilio.twiml.announcements import announce
from local.twilio.twiml.conferences import Conference

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twilio.rest.asked import Asked

Json = dict[str, Any]


def show_conference(conference: Conference) -> Json:
    """A conference as REST shows it."""
    uri = f"{conference.account.path}/Conferences/{conference.sid}"
    return {
        "sid": conference.sid,
        "account_sid": conference.account.sid,
        "api_version": "2010-04-01",
        "friendly_name": conference.name,
        "region": "us1",
        "status": conference.status,
        "date_created": rfc_2822(conference.created_at),
        "date_updated": rfc_2822(conference.updated_at),
        "reason_conference_ended": conference.reason_ended or None,
        "call_sid_ending_conference": conference.ended_by or None,
        "uri": f"{uri}.json",
        "subresource_uris": {"participants": f"{uri}/Participants.json"},
    }


def _conference(asked: Asked) -> Conference:
    return asked.found(asked.account.kept(Conference).get(asked.named["Sid"]))


def _update(asked: Asked) -> Json:
    conference = _conference(asked)
    if conference.status == "completed":
        raise RefusedError(16022, "Conference does not exist or is completed")
    if asked.fields.get("Status") == "completed":
        conference.end("conference-ended-via-api")
    elif "AnnounceUrl" in asked.fields:
        for each in conference.present:
            method = asked.fields.get("AnnounceMethod", "POST")
            announce(each.leg, asked.fields["AnnounceUrl"], method)
    return show_conference(conference)


def _list(asked: Asked) -> Json:
    found = [
        one for one in asked.account.kept(Conference).values() if _is_wanted(one, asked.fields)
    ]
    return asked.page("conferences", [show_conference(one) for one in reversed(found)])


def _is_wanted(conference: Conference, query: Json) -> bool:
    same = {"FriendlyName": conference.name, "Status": conference.status}
    if any(query.get(name, value) != value for name, value in same.items()):
        return False
    days = {
        "DateCreated": conference.created_at.date(),
        "DateUpdated": conference.updated_at.date(),
    }
    return all(_lies(day, name, query) for name, day in days.items())


def _lies(day: date, name: str, query: Json) -> bool:
    try:
        bounds = {
            sign: date.fromisoformat(query[name + sign])
            for sign in ("", "<", ">")
            if name + sign in query
        }
    except ValueError as error:
        raise RefusedError(20422, f"Invalid parameter {name}: no date") from error
    return not (
        day != bounds.get("", day) or day > bounds.get("<", day) or day < bounds.get(">", day)
    )


CONFERENCES: dict[str, Callable[[Asked], Json]] = {
    "FetchConference": lambda asked: show_conference(_conference(asked)),
    "UpdateConference": _update,
    "ListConference": _list,
}
