"""Twilio's door under forms that are wrong in a few places, at every one of its paths."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.twilio.door import TwilioDoor, answer_twilio
from contact_center.twilio.webhook_check import WebhookCheck
from tests.contract.twilio.twilio_signing import BASE_URL, TOKEN, WEBHOOKS, webhook
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics

if TYPE_CHECKING:
    import random

NOW_MS = 1_787_266_900_000
ODD = ("", " ", "\x00", "+266696687", "Anonymous", "-1", "1e9", "\u202e", "a" * 5_000, "4111" * 5)
PATHS = (
    "/twilio/voice",
    "/twilio/queue/wait",
    "/twilio/queue/result",
    "/twilio/call-status",
    "/webhook/call-completed",
    "/twilio/people",
    "/twilio/transfer/v-1/brief",
    "/twilio/transfer/v-1/key",
    "/twilio/transfer/v-1/status",
    "/twilio/transfer/v-1/conference",
    "/twilio/callback/c-1/answer",
    "/twilio/callback/c-1/key",
    "/twilio/callback/c-1/status",
    "/twilio/message",
    "/twilio/%00/../voice",
)
GOOD_STATUSES = frozenset({200, 204, 403})


class Door:
    """One form after the other, into a door whose tables are away: it answers all the same."""

    def __init__(self) -> None:
        """Read the sample webhooks to begin with."""
        self._metrics = metrics = CountedMetrics()
        secret = json.dumps({"current": TOKEN})
        self._forms = [
            parse_qsl(sample["body"], keep_blank_values=True) for sample in WEBHOOKS.values()
        ]
        self._door = TwilioDoor(
            check=WebhookCheck(BASE_URL, lambda: secret, metrics),
            account_sid=None,
            reception=_away,
            people=_away,
            is_colleague=lambda number: bool(number) and len(number or "") % 2 == 0,
            not_here=lambda: "<Response/>",
            clock=FakeClock(NOW_MS),
            metrics=metrics,
        )

    def try_one(self, chance: random.Random) -> str:
        """Send one form. Returns what came of it; raises what was wrong."""
        self._metrics.counted.clear()  # it keeps all that it was told, which is no leak of the door
        fields = self._fields(chance)
        request = webhook(chance.choice(PATHS), fields)
        answer = answer_twilio(request, self._door)
        if answer.status == 503:  # the tables are away: it is told again
            return "503"
        assert answer.status in GOOD_STATUSES, answer.status
        if answer.status == 200 and answer.body.startswith("<"):
            assert ET.fromstring(answer.body).tag == "Response"  # noqa: S314 - of our own
        return str(answer.status)

    def _fields(self, chance: random.Random) -> list[tuple[str, str]]:
        fields = list(chance.choice(self._forms))
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(fields)) if fields else 0
            name = fields[at][0] if fields else "From"
            what = chance.randrange(4)
            if what == 0:
                fields[at : at + 1] = [(name, chance.choice(ODD))]
            elif what == 1:
                fields[at : at + 1] = []
            elif what == 2:
                fields.append((name, chance.choice(ODD)))
            else:
                fields[at : at + 1] = chance.choice(self._forms)[:1]
        return fields


def _away() -> Any:
    raise StoreUnavailableError
