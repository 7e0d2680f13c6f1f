"""A call that comes in, until it is known who answers it: our server is asked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from local.vapi.calls import answers as vapi_answers
from local.vapi.webhooks import messages as vapi_messages
from local.vapi.webhooks.delivery import post

if TYPE_CHECKING:
    from local.vapi.calls.live_call import LiveCall


def ask_who_answers(call: LiveCall) -> None:
    """Send the assistant-request and do what its answer says."""
    log, account = call.account.log, call.account
    log.write("message-leaves", call.call_id, type="assistant-request")
    message = vapi_messages.body("assistant-request", call.record.created_at_ms, call.context(), {})
    number = call.record.phone_number
    server = account.server(None, from_request=False, call=call.call_id, number=number)
    reply = post(server, vapi_answers.encode(message), account.assistant_request_seconds)
    withheld = call.caller.faults.credential_withheld
    verdict = vapi_answers.read_assistant_request(reply, account, withheld=withheld)
    log.write(
        "server-answered",
        call.call_id,
        type="assistant-request",
        status=reply.status,
        took_ms=reply.took_ms,
        signed=list(reply.signed),
        problems=verdict.problems,
    )
    call.answered_by_server()
    if verdict.team is not None:
        call.open(verdict.team, 0)
    elif verdict.destination is not None:
        call.status = "in-progress"
        call.commands.forward(verdict.destination, 0, verdict.ended_reason)
        call.timeline.at(0, call.wait_for_a_person)
    else:
        call.timeline.at(0, partial(_refused, call, verdict))


def _refused(call: LiveCall, verdict: vapi_answers.Verdict, at_ms: int) -> None:
    debug = {
        "error": "; ".join(verdict.problems),
        "assistantRequestError": verdict.ended_reason,
    }
    call.end(verdict.ended_reason, at_ms, inboundPhoneCallDebuggingArtifacts=debug)
