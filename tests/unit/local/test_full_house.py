"""Each broken promise of a full house shows: what is planted in the logs is what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.demo.house.promises import HouseJudge, longest_silence, waiting_about
from local.demo.house.read_logs import DROPPED, seen_of
from local.demo.house.records import Counted, differences
from local.demo.house.report import WIDTH, HouseOutcome, judge_house
from local.demo.house.seen import LEAST_SLACK_MS, House, QueueWords, Visit
from local.demo.operator_client import ApiError, Operator

if TYPE_CHECKING:
    from collections.abc import Callable

type Log = list[dict[str, Any]]

WORDS = QueueWords(
    next="You are the next caller in line.",
    place="You are number {place} in line.",
    wait="The wait is between {low} and {high} minutes.",
)
ANNA, BORIS, CLARA, DORA = "CAa1", "CAb2", "CAc3", "CAd4"
BEN_LEG, BEN, ADA = "CAe5", "+14155550121", "+14155550120"
QUEUE = "support-line"
LINES = 2
ROOM = f"room-v-{CLARA}.1"


def entry(event: str, at_ms: float, call: str | None, **details: object) -> dict[str, Any]:
    return {"event": event, "at_ms": at_ms, "call": call, **details}


def rings_in(leg: str, name: str, at_ms: float, visit: str | None = None) -> Log:
    called = entry("call", at_ms, leg, direction="inbound", frm="+12125550131", to="+14155550100")
    told = entry("caller", at_ms, leg, name=name, file="x.toml", visit=visit)
    return [called, told, entry("status", at_ms + 100, leg, status="in-progress")]


def talks(leg: str, begin_ms: float, end_ms: float) -> Log:
    url = f"wss://127.0.0.1:1/call-{leg}/transport"
    started = entry("stream-started", begin_ms, leg, url=url)
    return [started, entry("stream-stopped", end_ms, leg, url=url)]


def hears(leg: str, at_ms: float, words: str = "Thank you for waiting.") -> dict[str, Any]:
    return entry("hears", at_ms, leg, what="words", lasts_ms=1_900, words=words)


def ends(leg: str, at_ms: float) -> Log:
    return [entry("status", at_ms, leg, status="completed")]


def waits(leg: str, at_ms: float, left_ms: float, words: str) -> Log:
    sounds = [hears(leg, at) for at in range(int(at_ms) + 4_000, int(left_ms), 4_000)]
    queued = entry("enqueued", at_ms + 1_900, leg, queue=QUEUE, size=1)
    left = entry("dequeued", left_ms, leg, queue=QUEUE, result="redirected")
    return [hears(leg, at_ms, words), queued, *sounds, left]


def person_rung(
    leg: str, number: str, visit: str, *keys: str, does: str = "answers", name: str = "Ben"
) -> Log:
    """Rung at 9 s, picks up at 11 s, presses at 14 s, is in the room until 20 s."""
    url = f"http://127.0.0.1/twilio/transfer/v-{visit}/brief"
    room = f"room-v-{visit}.1"
    return [
        entry("call", 9_000, leg, direction="outbound-api", frm="+14155550100", to=number),
        entry("rings", 9_100, leg, person=name, number=number, does=does),
        entry("status", 11_000, leg, status="in-progress"),
        entry("webhook", 11_100, leg, url=url, status=200, error_code=0, took_ms=0),
        entry("asks", 11_100, leg),
        *(entry("key", 14_000, leg, key=key, heard=True) for key in keys),
        entry("joined", 14_100, leg, conference=room),
        entry("left", 20_000, leg, conference=room),
        *ends(leg, 20_000),
    ]


def good() -> Log:
    """Anna talks, Boris waits for her line, Clara is put through to Ben."""
    joined = entry("joined", 15_000, CLARA, conference=ROOM)
    return in_order([
        *rings_in(ANNA, "Anna", 0, "served"),
        *talks(ANNA, 250, 8_000),
        *ends(ANNA, 8_000),
        *rings_in(CLARA, "Clara", 500, "transferred"),
        *talks(CLARA, 700, 15_000),
        joined,
        entry("left", 20_000, CLARA, conference=ROOM),
        *ends(CLARA, 20_100),
        *rings_in(BORIS, "Boris", 1_000, "served"),
        *waits(BORIS, 1_100, 8_400, WORDS.next),
        *talks(BORIS, 8_600, 18_000),
        *ends(BORIS, 18_000),
        *person_rung(BEN_LEG, BEN, CLARA, "1"),
    ])  # fmt: skip


def in_order(log: Log) -> Log:
    return sorted(log, key=lambda one: one["at_ms"])


def house_of(log: Log, reason: str = "customer-ended-call") -> House:
    started = [one for one in log if one["event"] == "stream-started"]
    vapi: Log = []
    for one in started:
        call = one["url"].split("/")[3]
        vapi.append(entry("speech", one["at_ms"] - 900, call, who="assistant", text="Hello."))
        vapi.append(entry("call-ended", 50_000, call, reason=reason))
    return seen_of(in_order(log), vapi, 1_000, WORDS)


def found(log: Log) -> dict[str, bool]:
    """Each promise, and whether it was kept."""
    return {one.key: one.kept for one in HouseJudge(house_of(log), LINES).measures()}


def visit_of(log: Log, leg: str, reason: str = "customer-ended-call") -> Visit:
    return next(one for one in house_of(log, reason).visits if one.leg == leg)


def without(log: Log, *events: str, leg: str) -> Log:
    return [one for one in log if one["call"] != leg or one["event"] not in events]


def test_a_good_house_keeps_every_promise_and_everybody_ends_as_expected() -> None:
    house = house_of(good())
    assert set(found(good()).values()) == {True}
    assert {one.caller: one.came_to for one in house.visits} == {
        "Anna": "served", "Boris": "served", "Clara": "transferred",
    }  # fmt: skip
    assert [(one.person, one.cause, one.visit) for one in house.rings] == [
        ("Ben", "answered", CLARA)
    ]
    [wait] = visit_of(good(), BORIS).waits
    assert (wait.queue, wait.span.seconds, wait.served) == (QUEUE, 7.5, True)
    assert [(one.place, one.minutes) for one in wait.told] == [(1, None)]


def overtaken() -> Log:
    """Dora rang before Boris, waits on, and he is served."""
    waits_on = waits(DORA, 900 - LEAST_SLACK_MS, 30_000, WORDS.next)
    behind = waits(BORIS, 1_100, 8_400, WORDS.place.replace("{place}", "2"))
    mine = without(good(), "hears", "enqueued", "dequeued", leg=BORIS)
    rang = rings_in(DORA, "Dora", 500 - LEAST_SLACK_MS)
    return [*mine, *behind, *rang, *waits_on, *ends(DORA, 30_000)]


def passed_by() -> Log:
    """Boris waits for a long time; Dora rings, and has his line."""
    later = [
        *rings_in(BORIS, "Boris", 1_000),
        *waits(BORIS, 1_100, 30_000, WORDS.next),
        *ends(BORIS, 30_000),
    ]
    others = [one for one in good() if one["call"] != BORIS]
    rang = [*rings_in(DORA, "Dora", 9_000), *talks(DORA, 9_300, 12_000), *ends(DORA, 12_000)]
    return [*others, *later, *rang]


def two_rooms_of_ben() -> Log:
    other = "CAf6"
    return [*good(), *person_rung(other, BEN, ANNA, "1")]


PLANTED: dict[str, Callable[[], Log]] = {
    "most_calls": lambda: [
        *good(), *rings_in(DORA, "Dora", 600), *talks(DORA, 800, 4_000), *ends(DORA, 4_000),
    ],
    "callers_lost": lambda: [
        one for one in good() if (one["call"], one.get("status")) != (ANNA, "completed")
    ],
    "places_wrong": lambda: [*good(), hears(BORIS, 5_200, "You are number 4 in line.")],
    "longest_silence_seconds": lambda: [
        *without(good(), "stream-stopped", leg=ANNA),
        entry("stream-stopped", 2_000, ANNA, url="wss://x/y/transport"),
    ],
    "two_parties": lambda: [
        {**one, "at_ms": 14_500} if one["event"] == "joined" and one["call"] == CLARA else one
        for one in good()
    ],
    "two_callers": two_rooms_of_ben,
    "without_key": lambda: without(good(), "key", leg=BEN_LEG),
    "swallowed": lambda: [
        {**one, "does": "voicemail"} if one["event"] == "rings" else one for one in good()
    ],
    "rules_broken": lambda: [*good(), entry("document-error", 5_000, ANNA, what="no such verb")],
}  # fmt: skip


@pytest.mark.parametrize("promise", PLANTED)
def test_a_broken_promise_is_found_and_no_other_one(promise: str) -> None:
    told = found(PLANTED[promise]())
    also = {"swallowed", "without_key"} if promise == "without_key" else {promise}
    assert {key for key, kept in told.items() if not kept} <= also
    assert told[promise] is False


@pytest.mark.parametrize("plant", [overtaken, passed_by])
def test_whoever_is_served_before_one_who_waits_longer_is_found(plant: Callable[[], Log]) -> None:
    assert found(plant())["before_their_turn"] is False


def kept(*, is_called: bool = True, talks_then: bool = True) -> Log:
    """Dora keeps her place behind Boris, hangs up, and is called when Anna's line is free again."""
    ours = "CAf6"
    url = f"http://127.0.0.1/twilio/callback/v-{DORA}.token/answer"
    called = [
        entry("call", 18_500, ours, direction="outbound-api", frm="+14155550100", to=ADA),
        entry("webhook", 20_000, ours, url=url, status=200, error_code=0, took_ms=0),
        entry("status", 19_500, ours, status="in-progress"),
        hears(ours, 19_500, "Hello, this is Acme."),
        *(talks(ours, 21_600, 30_000) if talks_then else ()),
        *ends(ours, 30_000 if talks_then else 21_500),
    ]
    music = waits(DORA, 2_200, 9_000, WORDS.place.replace("{place}", "2"))
    key = entry("key", 8_000, DORA, key="1", heard=True)
    rang = [*rings_in(DORA, "Dora", 2_000, "callback_done"), *music, key, *ends(DORA, 9_000)]
    return [*good(), *rang, *(called if is_called else ())]


def test_a_place_that_was_kept_waits_on_until_its_caller_is_called() -> None:
    house = house_of(kept())
    assert [one.came_to for one in house.visits if "Dora" in one.caller] == [
        "callback_done", "served",
    ]  # fmt: skip
    [wait] = visit_of(kept(), DORA).waits
    assert (wait.kept, wait.served, wait.left_ms) == (True, False, 18_500)
    assert set(found(kept()).values()) == {True}
    assert "Dora, called back" in judge_house(outcome_of(kept())).text


@pytest.mark.parametrize("log", [kept(is_called=False), kept(talks_then=False)])
def test_a_place_that_was_kept_for_nothing_is_found(log: Log) -> None:
    assert visit_of(log, DORA).came_to == "callback_failed"
    assert found(log)["kept_lost"] is False


def test_who_comes_behind_a_kept_place_is_behind_it() -> None:
    eva = "CAe7"
    behind = [*rings_in(eva, "Eva", 12_000), *ends(eva, 17_000)]
    told = {
        place: found(
            [*kept(), *behind, *waits(eva, 12_100, 17_000, f"You are number {place} in line.")]
        )
        for place in (2, 5)
    }
    assert (told[2]["places_wrong"], told[5]["places_wrong"]) == (True, False)


def test_a_webhook_that_was_not_answered_breaks_a_rule() -> None:
    late = entry(
        "webhook", 5_000, ANNA, url="http://x/twilio/voice", status=502, error_code=11205, took_ms=0
    )
    assert found([*good(), late])["rules_broken"] is False
    told = {**late, "url": "http://x/twilio/call-status", "token": "t1"}
    again = {**told, "at_ms": 6_000, "status": 200, "error_code": 0}
    assert found([*good(), told, again])["rules_broken"] is True  # as we have asked for
    assert found([*good(), told])["rules_broken"] is False
    gone = entry("rest-request", 5_000, None, method="POST", path="/x", status=400, code=21220)
    assert found([*good(), gone])["rules_broken"] is True  # he had just hung up
    assert found([*good(), {**gone, "code": 21205}])["rules_broken"] is False


def test_how_a_visit_ended_is_told_by_what_was_seen_last() -> None:
    hung_up = [*rings_in(DORA, "Dora", 0), *waits(DORA, 100, 9_000, WORDS.next)]
    assert visit_of([*hung_up, *ends(DORA, 9_000)], DORA).came_to == "abandoned_waiting"
    assert visit_of(good(), ANNA, DROPPED).came_to == "abandoned_talking"
    left = entry("recorded", 8_000, DORA, seconds=4, words="Please call me.")
    assert visit_of([*hung_up, left, *ends(DORA, 9_000)], DORA).came_to == "voicemail"
    assert visit_of(hung_up, DORA).came_to == ""  # he is on the line still


@pytest.mark.parametrize(
    ("keys", "does", "status", "cause"),
    [
        ("2", "answers", "completed", "declined"),
        ("", "voicemail", "completed", "voicemail"),
        ("", "answers", "completed", "voicemail"),  # nobody presses anything
        ("", "busy", "busy", "busy"),
        ("", "no_answer", "no-answer", "no_answer"),
        ("", "unreachable", "failed", "failed"),
    ],
)
def test_what_came_of_a_telephone_that_rang(keys: str, does: str, status: str, cause: str) -> None:
    rung = person_rung(BEN_LEG, BEN, ANNA, *keys, does=does)
    log = [one for one in rung if one["event"] not in {"joined", "left"}]
    log = [{**one, "status": status} if one.get("status") == "completed" else one for one in log]
    if status != "completed":
        log = [one for one in log if one.get("status") != "in-progress"]
    [ring] = house_of([*log, *rings_in(ANNA, "Anna", 0)]).rings
    assert ring.cause == cause


def test_who_hears_that_there_is_no_caller_was_cancelled_or_the_caller_had_gone() -> None:
    rung = [
        {**one, "status": "canceled"} if one.get("status") == "completed" else one
        for one in person_rung(BEN_LEG, BEN, ANNA)
        if one["event"] not in {"joined", "left"} and one.get("status") != "in-progress"
    ]
    rang = rings_in(ANNA, "Anna", 0)
    assert [one.cause for one in house_of([*rung, *rang]).rings] == ["cancelled"]
    gone = [*rung, *rang, *ends(ANNA, 15_000)]
    assert [one.cause for one in house_of(gone).rings] == ["caller_gone"]


def test_a_wait_told_in_minutes_is_read_with_its_place() -> None:
    told = WORDS.told(1, "You are number 4 in line. The wait is between 5 and 8 minutes.")
    assert told is not None
    assert (told.place, told.minutes) == (4, (5, 8))
    assert WORDS.told(1, "Thank you for waiting.") is None


def test_silence_in_a_talk_is_a_pause_of_it_and_before_its_first_word_is_silence() -> None:
    assert longest_silence(visit_of(good(), ANNA)) < 1
    assert longest_silence(visit_of(good(), BORIS)) == pytest.approx(2.1)  # between two documents


def outcome_of(log: Log, *differ: str, problems: tuple[str, ...] = ()) -> HouseOutcome:
    return HouseOutcome(
        seen=house_of(log), lines=LINES, counted=3, differ=differ, problems=problems,
        patient=False, seconds=20.0,
    )  # fmt: skip


def test_the_report_fits_a_terminal_and_names_what_is_wrong() -> None:
    verdict = judge_house(outcome_of(good()))
    assert verdict.passed is True
    assert "BROKEN" not in verdict.text
    assert max(map(len, verdict.text.splitlines())) <= WIDTH
    wrong = [{**one, "visit": "voicemail"} if one["event"] == "caller" else one for one in good()]
    verdict = judge_house(outcome_of(wrong, problems=("a long one " * 20,)))
    assert verdict.passed is False
    assert max(map(len, verdict.text.splitlines())) <= WIDTH
    assert "Anna: came to served, its script expects voicemail" in verdict.text
    assert verdict.figures["transfers"] == {"answered": 1}
    assert judge_house(outcome_of(good(), "our record says otherwise")).passed is False
    assert judge_house(outcome_of(good(), problems=("went to sales",))).passed is False


def test_what_is_a_matter_of_time_is_not_judged_of_a_patient_demo() -> None:
    slow = PLANTED["longest_silence_seconds"]()
    told = outcome_of(slow)
    assert "BROKEN" in judge_house(told).text
    patient = HouseOutcome(
        seen=told.seen, lines=LINES, counted=3, differ=(), problems=(), patient=True, seconds=20.0
    )
    assert "not judged" in judge_house(patient).text
    assert judge_house(patient).passed is True


class ToldByHand(Operator):
    """Our API."""

    def __init__(self, **outcomes: str) -> None:
        self.outcomes = {f"v-{leg}": outcome for leg, outcome in outcomes.items()}
        self.person = "wrapping"
        self.asked_about = "answered"

    def ask(self, method: str, path: str, *_: object) -> dict[str, Any]:
        if path == "/api/queue":
            people = {"people": [{"name": "Ben", "state": self.person}]}
            return {"waiting": {"callers": []}, "people": people}
        visit_id = path.rpartition("/")[2]
        if visit_id not in self.outcomes:
            raise ApiError(f"{method} {path} was answered 404")
        offers = [{"outcome": self.asked_about}] if visit_id == f"v-{CLARA}" else []
        return {"outcome": self.outcomes[visit_id], "cause": "hung_up", "offers": offers}


AS_SEEN = {ANNA: "served", BORIS: "served", CLARA: "transferred"}


def test_records_that_agree_differ_in_nothing() -> None:
    counted = [Counted(0, 10, 0), Counted(4_000, 4_010, 1)]
    assert differences(ToldByHand(**AS_SEEN), house_of(good()), counted, 0) == []


def test_a_record_that_says_otherwise_is_named() -> None:
    house = house_of(good())
    api = ToldByHand(**AS_SEEN | {BORIS: "abandoned_waiting"})
    [told] = differences(api, house, [], 0)
    assert "“Boris” says abandoned_waiting (hung_up), the simulators saw served" in told
    missing = ToldByHand(**{leg: came for leg, came in AS_SEEN.items() if leg != ANNA})
    [told] = differences(missing, house, [], 0)
    assert "“Anna” cannot be read" in told
    api = ToldByHand(**AS_SEEN)
    api.person, api.asked_about = "busy", "declined"
    told_of_clara, told_of_ben = differences(api, house, [], 0)
    assert "declined 1, the simulators saw answered 1" in told_of_clara
    assert "Ben as busy" in told_of_ben


def test_an_api_that_does_not_answer_is_named_and_stops_nothing() -> None:
    class Away(ToldByHand):
        def ask(self, method: str, path: str, *more: object) -> dict[str, Any]:
            if path == "/api/queue":
                raise ApiError(f"{method} {path} was answered 500")
            return super().ask(method, path, *more)

    [told] = differences(Away(**AS_SEEN), house_of(good()), [], 0)
    assert told == "who waits cannot be read: GET /api/queue was answered 500"


def test_who_waits_is_counted_by_our_api_as_by_the_simulators() -> None:
    house = house_of(good())
    assert list(waiting_about(house, 4_000, 4_010)) == [1]
    [told] = differences(ToldByHand(**AS_SEEN), house, [Counted(4_000, 4_010, 3)], 0)
    assert "told of 3 waiting callers 4 s after the start, the simulators saw 0 to 1" in told
