"""Queues and their members by REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.twilio.ids import rfc_2822
from local.twilio.rest.refusals import RefusedError
from local.twilio.twiml.documents import Source
from local.twilio.twiml.queues import DEFAULT_SIZE, Member, Queue, queue_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twilio.rest.asked import Asked

Json = dict[str, Any]

IN_USE = 22003
NOT_EMPTY = 20409
FRONT = "Front"


def show_queue(queue: Queue) -> Json:
    """A queue as REST shows it."""
    return {
        "sid": queue.sid,
        "account_sid": queue.account.sid,
        "friendly_name": queue.name,
        "current_size": len(queue.members),
        "max_size": queue.max_size,
        "average_wait_time": queue.average_wait_seconds(),
        "date_created": rfc_2822(queue.created_at),
        "date_updated": rfc_2822(queue.updated_at),
        "uri": f"{queue.account.path}/Queues/{queue.sid}.json",
        "subresource_uris": {"members": f"{queue.account.path}/Queues/{queue.sid}/Members.json"},
    }


def show_member(member: Member) -> Json:
    """A member as REST shows it; position 0 once it is out."""
    queue = member.queue
    here = member in queue.members
    return {
        "call_sid": member.leg.sid,
        "queue_sid": queue.sid,
        "date_enqueued": rfc_2822(member.enqueued_at),
        "position": queue.position(member) if here else 0,
        "wait_time": member.waited_seconds,
        "uri": f"{queue.account.path}/Queues/{queue.sid}/Members/{member.leg.sid}.json",
    }


def _create(asked: Asked) -> Json:
    name = asked.fields["FriendlyName"]
    _check_free(asked, name)
    return show_queue(Queue(asked.account, name, asked.fields.get("MaxSize", DEFAULT_SIZE)))


def _check_free(asked: Asked, name: str) -> None:
    if queue_named(asked.account, name) is not None:
        raise RefusedError(IN_USE, f"Queue name {name} is in use")


def _queue(asked: Asked) -> Queue:
    sid = asked.named.get("QueueSid") or asked.named["Sid"]
    return asked.found(asked.account.kept(Queue).get(sid))


def _update(asked: Asked) -> Json:
    queue, fields = _queue(asked), asked.fields
    if fields.get("FriendlyName", queue.name) != queue.name:
        _check_free(asked, fields["FriendlyName"])
    queue.name = fields.get("FriendlyName", queue.name)
    queue.max_size = fields.get("MaxSize", queue.max_size)
    queue.updated_at = asked.account.clock.civil()
    return show_queue(queue)


def _delete(asked: Asked) -> Json:
    queue = _queue(asked)
    if queue.members:
        raise RefusedError(NOT_EMPTY, "Queue is not empty")
    del asked.account.kept(Queue)[queue.sid]
    return {}


def _list(asked: Asked) -> Json:
    shown = [show_queue(queue) for queue in asked.account.kept(Queue).values()]
    return asked.page("queues", shown)


def _member(asked: Asked) -> Member:
    queue, wanted = _queue(asked), asked.named["CallSid"]
    if wanted == FRONT:
        return asked.found(next(iter(queue.members), None))
    return asked.found(next((one for one in queue.members if one.leg.sid == wanted), None))


def _list_members(asked: Asked) -> Json:
    return asked.page("queue_members", [show_member(each) for each in _queue(asked).members])


def _dequeue(asked: Asked) -> Json:
    member = _member(asked)
    member.next = Source(url=asked.fields["Url"], method=asked.fields.get("Method", "POST"))
    shown = show_member(member)
    member.leave("redirected")
    return shown


QUEUES: dict[str, Callable[[Asked], Json]] = {
    "CreateQueue": _create,
    "FetchQueue": lambda asked: show_queue(_queue(asked)),
    "UpdateQueue": _update,
    "DeleteQueue": _delete,
    "ListQueue": _list,
    "FetchMember": lambda asked: show_member(_member(asked)),
    "ListMember": _list_members,
    "UpdateMember": _dequeue,
}
