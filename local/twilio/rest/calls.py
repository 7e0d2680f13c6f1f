"""Calls by REST: ordered, looked up, redirected, ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from local.twilio.ids import rfc_2822
from local.twilio.rest.call_orders import check_order, place_call
from local.twilio.rest.refusals import RefusedError, not_in_progress
from local.twilio.telephones.legs import MS_PER_SECOND, Leg
from local.twilio.twiml.documents import Source
from local.twilio.twiml.execution import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twilio.rest.asked import Asked

Json = dict[str, Any]

LONGEST_TWIML = 4000
SUBRESOURCES = ("Recordings", "Notifications", "Streams")


def show_call(leg: Leg) -> Json:
    """A call as REST shows it."""
    account = leg.account
    uri = f"{account.path}/Calls/{leg.sid}"
    own = account.numbers.get(leg.to if leg.direction == "inbound" else leg.from_)
    return {
        "sid": leg.sid,
        "account_sid": account.sid,
        "api_version": "2010-04-01",
        "status": leg.status,
        "direction": leg.direction,
        "from": leg.from_,
        "to": leg.to,
        "from_formatted": _formatted(leg.from_),
        "to_formatted": _formatted(leg.to),
        "date_created": rfc_2822(leg.created_at),
        "date_updated": rfc_2822(leg.updated_at),
        "start_time": rfc_2822(leg.answered_at or leg.ended_at),
        "end_time": rfc_2822(leg.ended_at),
        "duration": str(leg.seconds()) if leg.ended else None,
        "price": _price(leg),
        "price_unit": "USD",
        "answered_by": leg.answered_by or None,
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "phone_number_sid": own.sid if own else None,
        "forwarded_from": leg.forwarded_from,
        "caller_name": None,
        "group_sid": None,
        "trunk_sid": None,
        "queue_time": str(leg.queue_time_ms),
        "uri": f"{uri}.json",
        "subresource_uris": {name.lower(): f"{uri}/{name}.json" for name in SUBRESOURCES},
    }


def _price(leg: Leg) -> str | None:
    """What it cost, once that is known: some time after its end, by the minute begun."""
    since = leg.account.clock.civil() - leg.ended_at if leg.ended_at else None
    if since is None or since.total_seconds() < leg.account.priced_after_seconds:
        return None
    minutes = -(-leg.seconds() // 60)
    each = 0.0085 if leg.direction == "inbound" else 0.014
    return f"{-minutes * each:.5f}"


def _create(asked: Asked) -> Json:
    fields = asked.fields
    check_order(asked.account, fields)
    named = [name for name in ("Url", "Twiml", "ApplicationSid") if name in fields]
    if not named:
        raise RefusedError(21205, "Url parameter is required.")
    if "ApplicationSid" in fields:
        raise RefusedError(21218, "Invalid ApplicationSid: this account has no applications")
    source = _source(asked)

    def answered(leg: Leg) -> Callable[[], Any]:
        return lambda: carry_out(leg, source)

    leg = place_call(asked.account, fields, answered)
    leg.fallback_url = fields.get("FallbackUrl", "")
    leg.fallback_method = fields.get("FallbackMethod", "POST")
    return show_call(leg)


def _source(asked: Asked) -> Source:
    """The document that is asked for. Raises RefusedError when the one given is too long."""
    fields = asked.fields
    if "Url" in fields:
        if "Twiml" in fields:
            asked.account.note("warning", code=32019, what="Twiml is ignored: Url is set")
        return Source(url=fields["Url"], method=fields.get("Method", "POST"))
    if len(fields["Twiml"]) > LONGEST_TWIML:
        raise RefusedError(32018, f"Twiml must not have more than {LONGEST_TWIML} characters")
    return Source(twiml=fields["Twiml"])


def _fetch(asked: Asked) -> Json:
    return show_call(_leg(asked))


def _leg(asked: Asked) -> Leg:
    return asked.found(asked.account.kept(Leg).get(asked.named["Sid"]))


def _update(asked: Asked) -> Json:
    leg, fields = _leg(asked), asked.fields
    if leg.ended:
        raise not_in_progress()
    redirects = "Status" not in fields and ("Url" in fields or "Twiml" in fields)
    if redirects and not leg.live:
        raise not_in_progress()
    source = _source(asked) if redirects else None
    _change(leg, fields)
    if source is not None:
        leg.redirect(lambda: carry_out(leg, source))
    elif fields.get("Status") == "completed":
        leg.hang_up()
    elif fields.get("Status") == "canceled" and not leg.live and leg.direction != "inbound":
        leg.finish("canceled")
    return show_call(leg)


def _change(leg: Leg, fields: Json) -> None:
    """What is to hold from now on."""
    leg.fallback_url = fields.get("FallbackUrl", leg.fallback_url)
    leg.fallback_method = fields.get("FallbackMethod", leg.fallback_method)
    leg.subscription.url = fields.get("StatusCallback", leg.subscription.url)
    leg.subscription.method = fields.get("StatusCallbackMethod", leg.subscription.method)
    if "TimeLimit" in fields:
        leg.beside(leg.end_after(fields["TimeLimit"] * MS_PER_SECOND))


def _delete(asked: Asked) -> Json:
    leg = _leg(asked)
    if not leg.ended:
        raise RefusedError(20009, "Cannot delete this resource before it is complete")
    del asked.account.kept(Leg)[leg.sid]
    return {}


def _list(asked: Asked) -> Json:
    found = [leg for leg in asked.account.kept(Leg).values() if _is_wanted(leg, asked.fields)]
    return asked.page("calls", [show_call(leg) for leg in reversed(found)])


def _is_wanted(leg: Leg, query: Json) -> bool:
    parent = leg.parent.sid if leg.parent else None
    same = {"To": leg.to, "From": leg.from_, "ParentCallSid": parent, "Status": leg.status}
    if any(query.get(name, value) != value for name, value in same.items()):
        return False
    times = {"StartTime": leg.answered_at or leg.created_at, "EndTime": leg.ended_at}
    return all(_lies(at, name, query) for name, at in times.items())


def _lies(at: datetime | None, name: str, query: Json) -> bool:
    """Whether a time lies within the bounds of a query; a date alone means that day."""
    bounds = {sign: query[name + sign] for sign in ("", "<", ">") if name + sign in query}
    if not bounds:
        return True
    if at is None:
        return False
    holds = {"": lambda a, b: a == b, "<": lambda a, b: a <= b, ">": lambda a, b: a >= b}
    for sign, text in bounds.items():
        try:
            bound = datetime.fromisoformat(text)
        except ValueError as error:
            raise RefusedError(20422, f"Invalid parameter {name}{sign}: no time") from error
        whole_day = len(text) == len("2026-11-28")
        bound = bound if bound.tzinfo else bound.replace(tzinfo=UTC)
        ours, theirs = (at.date(), bound.date()) if whole_day else (at, bound)
        if not holds[sign](ours, theirs):
            return False
    return True


def _formatted(number: str) -> str:
    if len(number) == len("+14155550123") and number.startswith("+1"):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


CALLS: dict[str, Callable[[Asked], Json]] = {
    "CreateCall": _create,
    "FetchCall": _fetch,
    "UpdateCall": _update,
    "DeleteCall": _delete,
    "ListCall": _list,
}
