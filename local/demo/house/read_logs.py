"""Both simulators' logs put into one story: what a full house looked like from outside."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from local.demo.house.read_rings import (
    ENDED,
    leg_named,
    ring_of,
    rooms_of,
    status_ms,
    with_caller,
)
from local.demo.house.seen import House, Ring, Span, Talk, Visit, Wait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from local.demo.house.seen import QueueWords, Told
    from local.vapi.log import Entry

DROPPED = "phone-call-provider-closed-websocket"  # of Vapi's: the caller's line broke
OK, BAD_REQUEST, NOT_IN_PROGRESS = 200, 400, 21220
_KEPT = re.compile(r"/callback/v-(CA[0-9a-f]+)\.")  # whose place was kept
KEEP_KEY = "1"


def seen_of(
    twilio: Sequence[Entry], vapi: Sequence[Entry], vapi_opened_ms: float, words: QueueWords
) -> House:
    """Put both logs into one story.

    Args:
        twilio: The log of Twilio's simulator.
        vapi: Of Vapi's.
        vapi_opened_ms: When that was opened, by the clock of the other one.
        words: What who waits is told.
    """
    legs: dict[str, list[Entry]] = defaultdict(list)
    for entry in twilio:
        if entry["call"] is not None:
            legs[entry["call"]].append(entry)
    overs = {e["conference"]: e["at_ms"] for e in twilio if e["event"] == "conference-over"}
    calls = _vapi_calls(vapi, vapi_opened_ms)
    ours = {leg: log for leg, log in legs.items() if _is(log, "outbound-api")}
    called = {leg: kept for leg, log in ours.items() if (kept := leg_named(log, _KEPT))}
    rings = [ring_of(leg, log, overs) for leg, log in ours.items() if leg not in called]
    story = _Story(calls, rings, overs, words, _calls_back(legs, called))
    visits = [
        _visit(leg, log, story) for leg, log in legs.items() if leg in called or _is(log, "inbound")
    ]
    ended = {visit.leg: visit.span.end_ms for visit in visits}
    return House(
        visits=visits,
        rings=[with_caller(ring, ended) for ring in rings],
        slowest_ms=max((e["took_ms"] for e in twilio if e["event"] == "webhook"), default=0),
        mistakes=[*_mistakes(twilio), *(f"Vapi: {e['what']}" for e in vapi if _broke(e))],
    )


def _is(log: Sequence[Entry], direction: str) -> bool:
    return any(e["event"] == "call" and e["direction"] == direction for e in log)


def _broke(entry: Entry) -> bool:
    return bool(entry["event"] == "violation")


_WRONG = ("mistake", "document-error", "application-error", "wait-error", "hold-error", "unplayed")


def _mistakes(twilio: Sequence[Entry]) -> Iterator[str]:
    """What broke a rule of Twilio's, or was not answered."""
    for entry in twilio:
        if entry["event"] in _WRONG:
            yield f"Twilio: {entry['event']}: {entry['what']}"
        gone = entry.get("code") == NOT_IN_PROGRESS  # who has just hung up cannot be sent for
        if entry["event"] == "rest-request" and entry["status"] == BAD_REQUEST and not gone:
            yield f"Twilio: {entry['method']} {entry['path']} was refused: {entry['code']}"
    last = {e.get("token") or id(e): e for e in twilio if e["event"] == "webhook"}
    for entry in last.values():  # what is refused is told again, as we have asked for
        if entry["status"] != OK or entry["error_code"]:
            path = urlsplit(entry["url"]).path
            yield f"Twilio: {path} was answered {entry['status']}, error {entry['error_code']}"


@dataclass(frozen=True, slots=True)
class _VapiCall:
    sound_ms: float
    reason: str


def _vapi_calls(vapi: Iterable[Entry], opened_ms: float) -> dict[str, _VapiCall]:
    sound: dict[str, float] = {}
    reason: dict[str, str] = {}
    for entry in vapi:
        if entry["event"] == "speech" and entry["who"] == "assistant":
            sound.setdefault(entry["call"], entry["at_ms"] + opened_ms)
        if entry["event"] == "call-ended":
            reason[entry["call"]] = entry["reason"]
    calls = sound.keys() | reason.keys()
    return {call: _VapiCall(sound.get(call, inf), reason.get(call, "")) for call in calls}


@dataclass(frozen=True, slots=True)
class _CallBack:
    """A call of ours to somebody who had kept a place in a call of his."""

    kept: str
    name: str
    leg: str
    began_ms: float
    talked: bool


@dataclass(frozen=True, slots=True)
class _Story:
    """What a visit is read beside."""

    calls: Mapping[str, _VapiCall]
    rings: Sequence[Ring]
    overs: Mapping[str, float]
    words: QueueWords
    calls_back: Sequence[_CallBack]

    def name_of_called(self, leg: str) -> str:
        """Whom a call of ours was to."""
        return next(f"{one.name}, called back" for one in self.calls_back if one.leg == leg)

    def of_kept(self, leg: str) -> list[_CallBack]:
        """The calls to whoever kept a place in that one."""
        return [one for one in self.calls_back if one.kept == leg]


def _name_of(log: Iterable[Entry]) -> str:
    return next((e["name"] for e in log if e["event"] == "caller"), "somebody")


def _calls_back(legs: Mapping[str, Sequence[Entry]], called: Mapping[str, str]) -> list[_CallBack]:
    return [
        _CallBack(
            kept=kept,
            name=_name_of(legs.get(kept, ())),
            leg=leg,
            began_ms=legs[leg][0]["at_ms"],
            talked=any(e["event"] == "stream-started" for e in legs[leg]),
        )
        for leg, kept in called.items()
    ]


# -- visits ------------------------------------------------------------------------------------


def _visit(leg: str, log: Sequence[Entry], story: _Story) -> Visit:
    call = next(e for e in log if e["event"] == "call")
    by_us = call["direction"] != "inbound"
    who = next((e for e in log if e["event"] == "caller"), call)
    end_ms = status_ms(log, ENDED)
    talks, rooms = tuple(_talks(log, story.calls)), rooms_of(log, story.overs)
    waits = tuple(_waits(log, story.words, story.of_kept(leg)))
    left_message = any(e["event"] == "recorded" and e["words"] for e in log)
    joined = any(_together(room, span, story.rings) for room, span in rooms.items())
    return Visit(
        leg=leg,
        caller=story.name_of_called(leg) if by_us else _name_of(log),
        number=call["to" if by_us else "frm"],
        expected=who.get("visit"),
        span=Span(call["at_ms"], inf if end_ms is None else end_ms),
        answered_ms=status_ms(log, {"in-progress"}),
        talks=talks,
        waits=waits,
        rooms=rooms,
        sounds=tuple(_sounds(log, talks, rooms)),
        left_message=left_message,
        called_by_us=by_us,
        came_to=""
        if end_ms is None
        else _came_to(
            talks,
            waits,
            left=left_message,
            joined=joined,
            called_back=any(one.talked for one in story.of_kept(leg)),
        ),
    )


def _came_to(
    talks: Sequence[Talk],
    waits: Sequence[Wait],
    *,
    left: bool,
    joined: bool,
    called_back: bool,
) -> str:
    if joined:
        return "transferred"
    if left:
        return "voicemail"
    gave_up = waits and not waits[-1].served
    if gave_up and waits[-1].kept:
        return "callback_done" if called_back else "callback_failed"
    if gave_up or not talks:
        return "abandoned_waiting"
    return "abandoned_talking" if talks[-1].reason == DROPPED else "served"


def _together(room: str, span: Span, rings: Sequence[Ring]) -> bool:
    """Whether a person who pressed 1 was in the room as well."""
    return any(
        room in ring.rooms and ring.rooms[room].meets(span) and ring.cause == "answered"
        for ring in rings
    )


def _talks(log: Sequence[Entry], calls: Mapping[str, _VapiCall]) -> Iterator[Talk]:
    opened: Entry | None = None
    for entry in [*log, None]:
        over = entry is None or entry["event"] == "stream-stopped"
        if opened is not None and over:
            call_id = urlsplit(opened["url"]).path.split("/")[1]
            known = calls.get(call_id, _VapiCall(inf, ""))
            span = Span(opened["at_ms"], inf if entry is None else entry["at_ms"])
            yield Talk(call_id=call_id, span=span, sound_ms=known.sound_ms, reason=known.reason)
            opened = None
        if entry is not None and entry["event"] == "stream-started":
            opened = entry


def _waits(
    log: Sequence[Entry], words: QueueWords, calls_back: Sequence[_CallBack]
) -> Iterator[Wait]:
    begin_ms, queue, left_ms = inf, "", inf
    called_ms = min((one.began_ms for one in calls_back), default=inf)
    told: list[Told] = []
    kept = False
    for entry in log:
        event, at_ms = entry["event"], float(entry["at_ms"])
        news = words.told(at_ms, entry["words"]) if event == "hears" else None
        if news is not None:
            told.append(news)
            begin_ms = min(begin_ms, at_ms)
        if event == "key" and entry["key"] == KEEP_KEY and entry["heard"] and begin_ms < inf:
            kept = True
        if event == "enqueued":
            queue, begin_ms = entry["queue"], min(begin_ms, at_ms)
        if event == "dequeued":
            left_ms = at_ms
        served = event in {"stream-started", "joined"}
        over = served or (event == "status" and entry["status"] in ENDED)
        if over and begin_ms < inf:
            span = Span(begin_ms, at_ms)
            last_ms = called_ms if kept and not served else min(left_ms, at_ms)
            yield Wait(
                queue=queue,
                span=span,
                left_ms=last_ms,
                served=served,
                told=tuple(told),
                kept=kept and not served,
            )
            begin_ms, queue, left_ms, told, kept = inf, "", inf, [], False
    if begin_ms < inf:
        yield Wait(
            queue=queue, span=Span(begin_ms, inf), left_ms=inf, served=False, told=tuple(told)
        )


def _sounds(
    log: Sequence[Entry], talks: Sequence[Talk], rooms: Mapping[str, Span]
) -> Iterator[Span]:
    heard = [e for e in log if e["event"] == "hears" and e["what"] != "silence"]
    cuts = [e["at_ms"] for e in log if e["event"] in {"dequeued", "stream-started"}]
    for entry in heard:
        ends_ms = entry["at_ms"] + entry["lasts_ms"]
        cut_ms = min((cut for cut in cuts if cut > entry["at_ms"]), default=inf)
        yield Span(entry["at_ms"], min(ends_ms, cut_ms))
    for talk in talks:  # what is quiet in a talk is a pause of it
        yield Span(min(talk.sound_ms, talk.span.end_ms), talk.span.end_ms)
    yield from rooms.values()
