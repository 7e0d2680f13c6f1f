"""The door: the real service, whose queue is behind boundaries and whose sender is the provider.

How a webhook is signed and written is not played: the contract tests of both hold that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.conversations.domain.messages import ReceivedMessage
from contact_center.conversations.services.receive_webhook import Door, receive_webhook
from contact_center.kernel.ports import RawRequest, Response
from tests.fakes.report_archive import FakeReportArchive

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.dialing.services.place_call import PlaceParts
    from tests.simulation.provider import Webhook
    from tests.simulation.queues import SimulatedQueue


class Genuine:
    """RequestCheck: the provider is who it claims to be."""

    def check(self, _request: RawRequest, _now_ms: int) -> tuple[str | None, str]:
        return None, ""


@dataclass
class SimulatedDoor:
    """FactQueue, and where the provider posts."""

    events: SimulatedQueue
    posted: dict[str, Webhook] = field(default_factory=dict)
    door: Door | None = None

    def send(self, body: str, _attributes: Mapping[str, str]) -> None:
        self.events.send(self.posted[body])

    def post(self, webhook: Webhook) -> Response:
        assert self.door is not None
        self.posted[webhook.key] = webhook
        body = webhook.key.encode()
        return receive_webhook(RawRequest("POST", "/vapi/webhook", "", {}, body), self.door)


def door_to(events: SimulatedQueue, place: PlaceParts) -> SimulatedDoor:
    """The door in front of a queue."""
    made = SimulatedDoor(events)
    made.door = Door(
        check=Genuine(),
        read=_read,
        queue=made,
        bodies=FakeReportArchive(),
        answer=lambda _question, _url: "{}",
        report_key=lambda call_id, _body: call_id,
        clock=place.ledger.clock,
        metrics=place.ledger.metrics,
        public_base_url=None,
        last_resort={},
        knows=lambda _call_id: False,
    )
    return made


def _read(body: bytes, _now_ms: int) -> ReceivedMessage:
    key = body.decode()
    call_id, _, stage = key.partition(":")
    return ReceivedMessage(kind=stage, call_id=call_id, text=key)
