"""A supervisor on his own telephone joins a talk: asked for by the API, heard as it was wanted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.configuration import compiled_config
from contact_center.people.domain.offers import OfferOutcome
from contact_center.visits.domain.visit_parts import visit_of
from local.twilio.telephones.star_key import STAR
from local.vapi.scripts.line_steps import LineStep
from tests.functional.operator_api.operator_rig import VIEWER, start_operator_api
from tests.functional.twilio.people_house import House
from tests.functional.twilio.reception_rig import with_config
from tests.twilio_scene import person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from contact_center.visits.domain.supervision import Supervision
    from local.twilio.twiml.conferences import Participant
    from tests.emulator import Account
    from tests.functional.operator_api.operator_rig import OperatorRig

pytestmark = pytest.mark.emulator

ADA, CARLA = "+14155550120", "+14155550122"
TAKES = LineStep(wait_for="asked", pause_ms=1_000, press="1")
STAYS = LineStep(wait_for="joined", pause_ms=120_000, hang_up=True)


def keys(*pressed: str) -> list[LineStep]:
    """1 when she is asked; then, each after a while, the star and how she wants to be heard."""
    steps = [LineStep(wait_for="asked", pause_ms=1_000, press="1")]
    for key in pressed:
        steps += [
            LineStep(wait_for="joined", pause_ms=5_000, press=STAR),
            LineStep(wait_for="asked", pause_ms=1_000, press=key),
        ]
    return steps


class Floor:
    """A house in which Ada talks with a caller, and the operators' API beside it."""

    def __init__(self, house: House, api: OperatorRig, leg: str) -> None:
        self.house, self.api, self.leg = house, api, leg
        self.path = f"/api/visits/{visit_of(leg)}"

    def joins(self) -> Any:
        status, told = self.api.ask("POST", f"{self.path}/supervisions", {"personId": "carla"})
        assert status == 202
        return told

    def wants(self, mode: str) -> int:
        return self.api.ask("PUT", f"{self.path}/supervisions/1", {"mode": mode})[0]

    def shown(self) -> Any:
        [told] = self.api.ask("GET", self.path)[1]["supervised"]
        return told

    def modes(self) -> list[str]:
        return [one["mode"] for one in self.shown()["modes"]]

    @property
    def stored(self) -> Supervision:
        return self.house.rig.visit(self.leg).supervised["1"]

    def until_in(self, *, muted: bool, coaching: bool = False) -> Participant:
        """Her place in the room, as Twilio has it, once it is so."""
        for _ in range(40):
            leg = self.stored.leg
            seat: Any = None if leg is None else self.house.rig.twilio.leg(leg).seat
            if seat is not None and (seat.muted, seat.coaching) == (muted, coaching):
                return seat  # type: ignore[no-any-return]
            self.house.clock.advance(1_000)
            self.house.goes_on(1)
        raise AssertionError("she never came")


@pytest.fixture
def talking(
    request: pytest.FixtureRequest,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Floor]:
    shipped = json.loads(compiled_config.COMPILED_FILE.read_bytes())["people"]["people"]
    carla = shipped["ada"] | {"name": "Carla", "address": CARLA, "supervises": True}
    with_config(monkeypatch, tmp_path, people={"people": shipped | {"carla": carla}})
    pressed = getattr(request, "param", ())
    telephones = person(TAKES, STAYS, number=ADA), person(*keys(*pressed), number=CARLA)
    with House(account, monkeypatch, telephones) as house:
        house.logs_in("ada")
        leg = house.talks()
        house.ask(leg)
        house.goes_on(20, lambda: house.offer(leg).ended is OfferOutcome.ANSWERED)
        api = start_operator_api(account, monkeypatch)
        yield Floor(house, api, leg)
        api.close()


def test_she_joins_muted_by_a_key_and_who_and_when_is_written_down(talking: Floor) -> None:
    asked = talking.joins()
    assert (asked["number"], asked["personId"], asked["mode"]) == (1, "carla", None)
    seat = talking.until_in(muted=True)
    assert (seat.start_on_enter, seat.end_on_exit) == (False, False)
    assert seat.conference.status == "in-progress"
    assert len(seat.conference.present) == 3
    told = talking.shown()
    assert (told["mode"], told["endedAt"], bool(told["by"])) == ("listen", None, True)
    assert [one["mode"] for one in told["modes"]] == ["listen"]


@pytest.mark.parametrize("talking", [("2", "3", "1")], indirect=True)
def test_by_keys_she_whispers_speaks_and_listens_again(talking: Floor) -> None:
    talking.joins()
    talking.until_in(muted=True)
    seat = talking.until_in(muted=False, coaching=True)
    assert seat.call_sid_to_coach == talking.house.offer(talking.leg).leg
    talking.until_in(muted=False)
    talking.until_in(muted=True)
    assert talking.modes() == ["listen", "whisper", "barge", "listen"]


def test_by_the_api_she_whispers_and_speaks_once_she_listens(talking: Floor) -> None:
    talking.joins()
    assert talking.wants("whisper") == 409  # nobody is heard who has not listened
    talking.until_in(muted=True)
    assert talking.wants("whisper") == 202
    seat = talking.until_in(muted=False, coaching=True)
    assert seat.call_sid_to_coach == talking.house.offer(talking.leg).leg
    assert talking.wants("barge") == 202
    talking.until_in(muted=False)
    assert talking.modes() == ["listen", "whisper", "barge"]
    assert talking.wants("shout") == 400


def test_her_hanging_up_ends_nobodys_talk(talking: Floor) -> None:
    talking.joins()
    seat = talking.until_in(muted=True)
    talking.house.hangs_up(talking.stored.leg or "")
    talking.house.goes_on(3)
    assert seat.conference.status == "in-progress"
    told = talking.shown()
    assert (told["because"], told["mode"]) == ("left", None)
    assert not talking.house.rig.twilio.leg(talking.leg).ended


def test_when_the_talk_is_over_so_is_her_call(talking: Floor) -> None:
    talking.joins()
    talking.until_in(muted=True)
    hers = talking.stored.leg or ""
    talking.house.hangs_up(talking.leg)
    talking.house.goes_on(30, lambda: talking.house.rig.twilio.leg(hers).ended)
    assert talking.house.rig.twilio.leg(hers).ended
    assert talking.shown()["endedAt"] is not None


def test_only_operators_ask_and_only_for_supervisors(talking: Floor) -> None:
    path = f"{talking.path}/supervisions"
    assert talking.api.ask("POST", path, {"personId": "carla"}, token=VIEWER)[0] == 403
    status, told = talking.api.ask("POST", path, {"personId": "ben"})
    assert (status, told["reason"]) == (409, "no_supervisor")
    assert talking.api.ask("POST", path, {"personId": "nobody"})[0] == 404
    nowhere = f"/api/visits/v-CA{'7' * 32}/supervisions"
    assert talking.api.ask("POST", nowhere, {"personId": "carla"})[0] == 404
    assert talking.api.ask("PUT", f"{path}/x", {"mode": "listen"})[0] == 404
    assert talking.api.ask("PUT", f"{path}/1", {"mode": "listen"})[0] == 404
