"""What a caller may rely on, sentence by sentence, as docs/our-own-number.md has them."""

from __future__ import annotations

import importlib
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import PersonState
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.reception_jobs import JobKind
from local.twilio.webhooks.mail import Faults
from local.vapi.scripts.callers_format import Step, ToolUse
from local.vapi.scripts.line_steps import LineStep
from tests.functional.twilio.people_house import House
from tests.functional.twilio.reception_rig import ReceptionRig, with_config
from tests.functional.twilio.test_admission import NEVER_OPEN, signed
from tests.functional.twilio.test_asked_people import DECLINES, LEAVES, TAKES, ada
from tests.functional.twilio.test_called_back import ANN, KEEPS, NOON, at_home, rung
from tests.functional.twilio.test_called_back import TAKES as TAKES_THE_CALL
from tests.functional.twilio.test_receptionist import SERVE, TICK, Receptionist
from tests.functional.twilio.test_waiting_callers import lines
from tests.twilio_scene import CALLER, OURS, until
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.twilio.telephones.people_format import Person
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

RING_SECONDS, SLACK_SECONDS = 20, 5  # of people.toml; of the provider (facts, Calls, Timeout)
LONGEST_SILENCE_MS, DAY_MS = 5_000, 86_400_000
TALKS_ON_A_TAPE = LineStep(wait_for="asked", pause_ms=500, say="Please leave a message.")
PUTS_DOWN = LineStep(wait_for="now", pause_ms=300, hang_up=True)
GOES_AT_ONCE = LineStep(wait_for="joined", pause_ms=10, hang_up=True)


@pytest.fixture
def house(account: Account, monkeypatch: pytest.MonkeyPatch, telephone: Person) -> Iterator[House]:
    with House(account, monkeypatch, (telephone,)) as made:
        made.logs_in("ada")
        yield made


def log_of(rig: ReceptionRig, leg: str) -> list[dict[str, Any]]:
    """What Twilio noted of a leg, by its own clock."""
    return rig.twilio.log.entries(call=leg)


@pytest.mark.parametrize(
    ("telephone", "outcome", "key", "network"),
    [
        (ada(does="busy"), OfferOutcome.BUSY, "", (LegStatus.BUSY, 486)),
        (ada(does="no_answer"), OfferOutcome.NO_ANSWER, "", (LegStatus.NO_ANSWER, 487)),
        (ada(DECLINES), OfferOutcome.DECLINED, "2", (LegStatus.COMPLETED, 200)),
        (ada(TALKS_ON_A_TAPE), OfferOutcome.VOICEMAIL, "", (LegStatus.COMPLETED, 200)),
        (ada(does="unreachable"), OfferOutcome.FAILED, "", (LegStatus.FAILED, 404)),
    ],
    ids=["busy", "no answer", "declined", "voicemail", "failed"],
)
def test_busy_no_answer_declined_voicemail_failed_and_caller_gone_are_six_outcomes_with_evidence(
    house: House, outcome: OfferOutcome, key: str, network: tuple[LegStatus, int]
) -> None:
    leg = house.talks()
    house.ask(leg)
    house.goes_on(60, lambda: house.offer(leg).told is not None and house.offer(leg).told.ended)  # type: ignore[union-attr]

    offer = house.offer(leg)
    assert offer.told is not None
    assert (offer.ended, offer.key) == (outcome, key)
    assert (offer.told.status, offer.told.sip_code) == network
    if outcome is OfferOutcome.NO_ANSWER:
        assert rang_as_long_as_configured(house, leg)
    assert house.state() is PersonState.READY

    house.ask(leg)
    house.rig.twilio.advance(1)
    house.hangs_up(leg)
    house.goes_on(2)
    assert house.offer(leg, 2).ended is not None
    gone = {OfferOutcome.CALLER_GONE, outcome}  # who is busy is so before he hangs up
    assert house.offer(leg, 2).ended in gone


@pytest.mark.parametrize("telephone", [ada(does="no_answer")])
def test_a_telephone_rings_as_long_as_is_configured_and_not_another_time(house: House) -> None:
    leg = house.talks()
    house.ask(leg)
    house.goes_on(60, lambda: house.offer(leg).ended is not None)
    assert rang_as_long_as_configured(house, leg)


def rang_as_long_as_configured(house: House, leg: str) -> bool:
    persons = log_of(house.rig, house.offer(leg).leg or "")
    at = {entry["status"]: entry["v_ms"] for entry in persons if entry["event"] == "status"}
    rang_ms: int = at["no-answer"] - at["ringing"]
    return RING_SECONDS * 1_000 <= rang_ms <= (RING_SECONDS + SLACK_SECONDS) * 1_000


@pytest.mark.parametrize(
    "telephone",
    [ada(TALKS_ON_A_TAPE), ada(), ada(LineStep(wait_for="asked", press="7")), ada(LEAVES)],
    ids=["a machine that talks", "nobody says anything", "a pocket", "somebody who puts it down"],
)
def test_an_answering_machine_or_a_pocket_never_gets_the_caller(house: House) -> None:
    leg = house.talks()
    house.ask(leg)
    house.goes_on(60, lambda: house.offer(leg).ended is not None)
    house.goes_on(3)
    assert house.offer(leg).ended is not OfferOutcome.ANSWERED
    assert "joined" not in {entry["event"] for entry in log_of(house.rig, leg)}
    assert house.rig.twilio.leg(leg).live  # he talks with the assistant


@pytest.mark.parametrize(
    "telephone",
    [ada(TAKES), ada(does="busy"), ada(does="no_answer"), ada(), ada(TAKES, GOES_AT_ONCE)],
    ids=["taken", "busy", "no answer", "voicemail", "taken, and gone at once"],
)
def test_from_the_promise_of_a_colleague_to_the_bridge_or_the_apology_nobody_hears_silence_over_5_s(
    house: House,
) -> None:
    leg = house.talks()
    house.ask(leg)
    house.goes_on(60, lambda: house.offer(leg).ended is not None)
    house.goes_on(8)
    house.hangs_up(leg)
    assert longest_silence_ms(log_of(house.rig, leg)) <= LONGEST_SILENCE_MS


@pytest.mark.parametrize("telephone", [ada(TAKES, PUTS_DOWN)])
def test_nor_does_a_caller_in_a_room_that_the_person_has_left_and_he_is_brought_back(
    house: House,
) -> None:
    leg = house.talks()
    house.ask(leg)
    house.rig.twilio.with_faults(Faults(late_every=1, late_ms=60_000))  # nobody tells of that
    house.goes_on(60, lambda: house.offer(leg).moved)
    for _ in range(12):  # as long as whoever pressed 1 is waited for, and some
        house.goes_on(1)
        house.later(1)
    house.goes_on(8)
    offer, log = house.offer(leg), log_of(house.rig, leg)
    assert (offer.ended, offer.brought_back) == (OfferOutcome.FAILED, True)
    assert "Enqueue" in house.rig.twiml(f"/twilio/transfer/{offer.visit_id}/after")[0]
    house.hangs_up(leg)
    assert any(one["event"] == "hears" and one["what"] == "music" for one in log)
    assert longest_silence_ms(log) <= LONGEST_SILENCE_MS


def longest_silence_ms(log: list[dict[str, Any]]) -> int:
    """For how long at a stretch the far end heard neither words nor music nor somebody."""
    silent_since: int | None = None
    longest = sounds_until = 0
    heard = {"stream-started": True, "joined": True, "stream-stopped": False, "left": False}
    together = False
    for entry in log:
        at_ms = entry["v_ms"]
        if silent_since is not None and not together:
            longest = max(longest, at_ms - max(silent_since, sounds_until))
        together = heard.get(entry["event"], together)
        if entry["event"] == "hears" and entry["what"] != "silence":
            sounds_until = at_ms + entry["lasts_ms"]
        is_live = entry["event"] != "status" or entry["status"] == "in-progress"
        silent_since = None if together or not is_live else max(at_ms, sounds_until)
    return longest


@pytest.mark.parametrize("telephone", [ada(does="busy")])
def test_mondays_status_callback_arriving_on_tuesday_changes_no_figure_of_tuesday(
    house: House,
) -> None:
    leg = house.talks()
    house.rig.twilio.with_faults(Faults(late_every=1, late_ms=60_000))
    house.ask(leg)
    house.rig.twilio.advance(30)  # it is busy, and nobody has told us
    monday = day_of(house)
    assert house.offer(leg).ended is None
    house.clock.advance(DAY_MS)
    house.rig.twilio.advance(120)
    house.look()
    ended, counted = house.offer(leg).ended, house.parts.book.outcomes
    assert ended is not None
    assert {what: times for what, times in counted(monday).items() if times} == {ended: 1}
    assert not any(counted(day_of(house)).values())


def day_of(house: House) -> str:
    """The day of our clock, in UTC."""
    return datetime.fromtimestamp(house.clock.now_ms() / 1_000, UTC).date().isoformat()


# -- closed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asks",
    [
        Step(say="Can I speak to a human being, please?"),
        Step(wait_for="reply", press="0"),
        Step(tool=ToolUse(name="transferCall", arguments={"department": "human"})),
    ],
    ids=["by words", "by key", "by tool"],
)
def test_closed_and_nobody_there_are_judged_alike_at_the_door_in_a_talk_and_for_a_callback(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    asks: Step,
) -> None:
    settings = {
        "CALL_LINES": "2",
        "LOCAL_NOW": NOON,
        "LOCAL_STARTED_AT_MS": str(round(time.time() * 1_000)),
    }
    monkeypatch.setenv("RECEPTION_JOBS_QUEUE_URL", account.reception_jobs_queue)
    with ReceptionRig(account, monkeypatch, settings, (at_home(ANN, TAKES_THE_CALL),)) as rig:
        lines(rig).admit("call:other", 1)
        rig.vapi.people[CALLER] = caller(asks, number=CALLER, patience_ms=600_000)
        talks = rig.comes_in()
        rig.twilio.advance(5)
        rig.comes_in(KEEPS, from_=ANN)
        rig.twilio.advance(40)  # and has kept her place

        def has_asked() -> bool:
            rig.route_all()
            return bool(rig.visit(talks).wishes)

        until(has_asked)
        with_config(monkeypatch, tmp_path, hours={"company": NEVER_OPEN, "departments": {}})
        receptionist = Receptionist(rig, capsys)
        receptionist.start(**settings)
        receptionist.take(*(job for job in rig.jobs() if job.kind is JobKind.ASK))
        lines(rig).leave("call:other", 2)
        receptionist.take(SERVE, TICK)
        receptionist.close()

        [told] = rig.visit(talks).told.values()
        assert told.what == "closed"
        assert rung(rig) == []
        rig.app.PARTS.close()
        sys.modules.pop("twilio_webhook.app", None)
        rig.app = importlib.import_module("twilio_webhook.app")
        fields = {"From": ANN, "To": OURS, "CallStatus": "ringing", "Direction": "inbound"}
        assert "We are closed." in signed(rig, "/twilio/voice", "CA" + "5" * 32, **fields)[2]
