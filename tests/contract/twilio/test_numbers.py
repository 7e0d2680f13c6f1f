"""Numbers at the simulator, by Twilio's own client; and that its fields are the client's."""

from __future__ import annotations

import inspect
import json
import re
from typing import TYPE_CHECKING

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.incoming_phone_number import (
    IncomingPhoneNumberContext,
    IncomingPhoneNumberList,
)

from local.twilio.rest.forms import NUMBER_OPERATIONS
from tests.twilio_scene import CALLER, OURS, Stage, twiml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

APPLICATION, TRUNK = f"AP{'1' * 32}", f"TK{'1' * 32}"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


def fields_of(method: Callable[..., Any]) -> set[str]:
    """A method's arguments as Twilio's API spells them."""
    names = set(inspect.signature(method).parameters) - {"self", "limit", "page_size"}
    return {"".join(part.capitalize() for part in name.split("_")) for name in names}


def test_the_fields_of_a_number_are_those_of_twilios_client() -> None:
    known = json.loads(NUMBER_OPERATIONS.read_text(encoding="utf-8"))

    update = set(known["UpdateIncomingPhoneNumber"]["form"])
    assert update == fields_of(IncomingPhoneNumberContext.update)
    listed = set(known["ListIncomingPhoneNumber"]["query"]) - {"PageSize", "Page", "PageToken"}
    assert listed == fields_of(IncomingPhoneNumberList.list)


def test_a_number_is_found_changed_and_rings_where_it_was_led(stage: Stage) -> None:
    [number] = stage.client.incoming_phone_numbers.list(phone_number=OURS)
    assert (number.phone_number, number.voice_url) == (OURS, f"{stage.door.url}/voice")
    assert stage.client.incoming_phone_numbers.list(phone_number="+14155559999") == []

    number.update(
        voice_url=f"{stage.door.url}/elsewhere",
        voice_fallback_url=f"{stage.door.url}/elsewhere-fallback",
        status_callback=f"{stage.door.url}/elsewhere-over#rc=2&rp=all",
        friendly_name="Front desk",
    )
    again = stage.client.incoming_phone_numbers(number.sid).fetch()
    assert (again.voice_url, again.friendly_name) == (f"{stage.door.url}/elsewhere", "Front desk")
    assert again.status_callback == f"{stage.door.url}/elsewhere-over#rc=2&rp=all"

    stage.door.answers["/elsewhere"] = twiml("<Hangup/>")
    stage.twilio.place_inbound(CALLER, OURS)
    stage.twilio.advance(5)
    assert [len(stage.door.at(path)) for path in ("/voice", "/elsewhere")] == [0, 1]
    assert len(stage.door.at("/elsewhere-over")) == 1


def test_an_application_takes_a_trunk_away_and_both_take_the_number_from_its_addresses(
    stage: Stage,
) -> None:
    [number] = stage.client.incoming_phone_numbers.list()
    hangs_on = number.update(voice_application_sid=APPLICATION)
    assert (hangs_on.voice_application_sid, hangs_on.trunk_sid) == (APPLICATION, None)
    hangs_on = number.update(trunk_sid=TRUNK)
    assert (hangs_on.voice_application_sid, hangs_on.trunk_sid) == (None, TRUNK)
    stage.twilio.place_inbound(CALLER, OURS)
    stage.twilio.advance(5)
    assert stage.door.at("/voice") == []

    free = number.update(voice_application_sid="", trunk_sid="")
    assert (free.voice_application_sid, free.trunk_sid) == (None, None)
    stage.twilio.place_inbound(CALLER, OURS)
    stage.twilio.advance(5)
    assert len(stage.door.at("/voice")) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"voice_url": "calls.example.com"}, 20422),
        ({"voice_method": "PUT"}, 20422),
        ({"voice_application_sid": "AP1"}, 20422),
        ({"friendly_name": "n" * 65}, 20002),
    ],
)
def test_what_a_number_cannot_be_is_refused(
    stage: Stage, change: dict[str, str], code: int
) -> None:
    [number] = stage.client.incoming_phone_numbers.list()
    with pytest.raises(TwilioRestException) as refused:
        number.update(**change)
    assert refused.value.code == code
    unknown = stage.client.incoming_phone_numbers(re.sub("[0-9a-f]", "0", number.sid))
    with pytest.raises(TwilioRestException) as missing:
        unknown.fetch()
    assert missing.value.status == 404
