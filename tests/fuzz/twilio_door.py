"""Twilio's door under forms that are wrong in a few places, at every one of its addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from contact_center.twilio.webhooks import STATUSES
from tests.contract.twilio.twilio_signing import WEBHOOKS
from tests.fuzz.reception_house import ADA, CALLER_LEG, PIN, STAGES, VISIT, House
from tests.unit.reception.callback_scene import ANN

if TYPE_CHECKING:
    import random

ODD = ("", " ", "\x00", "+266696687", "Anonymous", "-1", "1e9", "\u202e", "a" * 5_000, "4111" * 5)
TRANSFER = f"transfer/{VISIT}"
STEPS = {
    "voice": (
        *("", "/assistant", "/assistant/1", "/number", "/message", "/recording", "/transcript"),
        *("/callback", "/offer"),
    ),
    "queue": ("/wait", "/wait/1", "/wait/0/x", "/result", "/keep", "/keep/number", "/keep/confirm"),
    "people": ("", "/caller"),
    TRANSFER: ("/brief", "/key", "/after", "/status", "/conference", "/x"),
    f"supervision/{VISIT}.1": ("/answer", "/menu", "/key", "/status"),
}
OTHERS = (
    *("/twilio/call-status", "/webhook/call-completed", "/twilio/message", "/twilio/%00/../voice"),
    f"/twilio/transfer/v-CA{'9' * 32}/key",
    f"/twilio/supervision/{VISIT}.99999/key",
    f"/twilio/callback/v-CB{'0' * 32}.t1/answer",
)
RING, OF_A_RING = f"callback/{VISIT}.{{token}}", ("/answer", "/key", "/status")
# Which addresses are asked for at a stage, mostly.
FITS = {"waits": "queue", "kept": RING, "asked": TRANSFER, "talks": TRANSFER}
# Without which an address cannot do with a form; most samples are for another address.
ASKED_FOR = {
    "CallStatus": tuple(STATUSES),
    "DialCallStatus": ("completed", "busy", "no-answer", "failed", "answered"),
    "StatusCallbackEvent": ("participant-join", "participant-leave", "conference-end", "x"),
    "RecordingSid": (f"RE{'7' * 32}",),
    "SequenceNumber": ("0", "3", "9"),
}
CHANGES = (0, 0, 0, 1, 1, 2, 3)
KEYS = ("1", "2", "9", "", "*", "#", "12125550123", f"12*{PIN}", PIN, "0" * 32, "0" * 33)
FROM = (ANN, "+12125550199", ADA.address, "sip:ada@acme.sip.twilio.com", "+266696687", "Restricted")
MOST_WEBHOOKS = 3
GOOD_STATUSES = frozenset({200, 400, 403})


class Door:
    """A few webhooks, one after the other, to a door behind which there is a caller."""

    def __init__(self) -> None:
        """Read the sample webhooks to begin with."""
        self._forms = [
            parse_qsl(sample["body"], keep_blank_values=True) for sample in WEBHOOKS.values()
        ]

    def try_one(self, chance: random.Random) -> str:
        """Send them. Returns what came of the last; raises what was wrong with any."""
        house = House(chance.choice(STAGES))
        status = 0
        for _ in range(chance.randrange(1, MOST_WEBHOOKS + 1)):
            answer = house.send(self._path(house, chance), self._fields(house, chance))
            status = answer.status
            assert status in GOOD_STATUSES, f"{status}: {answer.body}"
            if answer.body.startswith("<"):
                assert ET.fromstring(answer.body).tag == "Response"  # noqa: S314 - of our own
        return str(status)

    def _path(self, house: House, chance: random.Random) -> str:
        if chance.random() < 0.05:
            return chance.choice(OTHERS)
        fits = FITS.get(house.stage) if chance.random() < 0.6 else None
        of = fits or chance.choice([*STEPS, RING])
        step = chance.choice(STEPS.get(of, OF_A_RING))
        return f"/twilio/{of.format(token=chance.choice(house.tokens()))}{step}"

    def _fields(self, house: House, chance: random.Random) -> list[tuple[str, str]]:
        form = dict(chance.choice(self._forms))
        if chance.random() < 0.9:
            form["CallSid"] = chance.choice(house.legs())
            form["From"] = chance.choice(FROM)
            form = {name: chance.choice(said) for name, said in ASKED_FOR.items()} | form
        if chance.random() < 0.5:
            form["Digits"] = chance.choice(KEYS)
        if form.get("CallSid") not in {CALLER_LEG, None}:
            form["To"] = ADA.address
        fields = list(form.items())
        for _ in range(chance.choice(CHANGES)):
            _change(fields, chance, list(chance.choice(self._forms)))
        return fields


def _change(
    fields: list[tuple[str, str]], chance: random.Random, others: list[tuple[str, str]]
) -> None:
    at = chance.randrange(len(fields)) if fields else 0
    name = fields[at][0] if fields else "From"
    match chance.randrange(4):
        case 0:
            fields[at : at + 1] = [(name, chance.choice(ODD))]
        case 1:
            fields[at : at + 1] = []
        case 2:
            fields.append((name, chance.choice(ODD)))
        case _:
            fields[at : at + 1] = [chance.choice(others)]
