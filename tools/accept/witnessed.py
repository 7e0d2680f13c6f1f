"""What became of one call: as Vapi saw it, held to what it was to be. Pure.

Vapi is the witness: which assistants spoke, who was put through, when the first sound came. Our own
record says what we asked for, and has to agree.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from local.demo.figures import NOWHERE, PERSON, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local.vapi.scripts.callers_format import Caller

type Json = dict[str, Any]

MOVES = frozenset({"route", "to_person", "default"})  # decisions that send the caller elsewhere
ASKED_FOR = frozenset({"sent", "refused", "unknown"})  # what became of those that left us
CONNECTED = frozenset({"connected", "completed"})


def outcome_of(caller: Caller, seen: Json, ours: Json, departments: Mapping[str, str]) -> Outcome:
    """One call as a row of the figures.

    Args:
        caller: Who called, and where the call ought to go.
        seen: The call as Vapi's GET /call/{id} has it.
        ours: The same call as our GET /api/calls/{id} has it.
        departments: Department key to the name of the assistant that serves it.
    """
    serving = {assistant: key for key, assistant in departments.items()}
    asked, made = _moves(seen, ours, serving)
    went_to = _went_to(seen, ours, serving)
    return Outcome(
        call_id=str(seen.get("id")),
        caller=caller.name,
        expected=caller.expects.destination,
        went_to=went_to,
        transfers_tried=asked,
        transfers_made=made,
        answer_ms=_answer_ms(seen),
        decision_ms=tuple(_decision_times(ours)),
        problems=tuple(_problems(caller, went_to, seen, ours)),
    )


def _activations(seen: Json) -> list[str]:
    told = seen.get("artifact", {}).get("assistantActivations", [])
    return [str(one.get("assistantName")) for one in told]


def _person_reached(seen: Json, ours: Json) -> bool:
    transfers = seen.get("artifact", {}).get("transfers", [])
    by_vapi = any(one.get("status") in CONNECTED for one in transfers)
    return by_vapi or any(one["what"] == "PersonMet" for one in ours.get("timeline", []))


def _went_to(seen: Json, ours: Json, serving: Mapping[str, str]) -> str:
    if _person_reached(seen, ours):
        return PERSON
    served = [serving[name] for name in _activations(seen) if name in serving]
    return served[-1] if served else NOWHERE


def _moves(seen: Json, ours: Json, serving: Mapping[str, str]) -> tuple[int, int]:
    """Handoffs and transfers that left us, and after how many somebody was there."""
    left = [
        one
        for one in ours.get("timeline", [])
        if one["what"] == "Decision"
        and one.get("kind") in MOVES
        and one.get("outcome") in ASKED_FOR
    ]
    there = [serving.get(name, name) for name in _activations(seen)]
    made = 0
    for one in left:
        if one["kind"] == "to_person" or one.get("department") == PERSON:
            made += _person_reached(seen, ours)
        elif one.get("department") in there:
            made += 1
            there = there[there.index(one["department"]) + 1 :]
    return len(left), made


def _answer_ms(seen: Json) -> float | None:
    """From the first ring to the assistant's first sound."""
    rang = _ms(seen.get("createdAt"))
    messages = seen.get("artifact", {}).get("messages", [])
    spoken = next((one.get("time") for one in messages if one.get("role") == "bot"), None)
    if rang is None or not isinstance(spoken, int | float):
        return None
    return round(float(spoken) - rang, 1)


def _decision_times(ours: Json) -> Iterator[float]:
    """From the caller's last words to the command, by our own record: shown, held to nothing."""
    said: float | None = None
    for one in ours.get("timeline", []):
        if one["what"] == "UtteranceHeard" and one.get("role") == "customer":
            said = _ms(one["at"])
        acted = _ms(one.get("actedAt"))
        if one["what"] == "Decision" and one.get("kind") in MOVES and said and acted:
            yield max(0.0, acted - said)


def _problems(caller: Caller, went_to: str, seen: Json, ours: Json) -> Iterator[str]:
    if went_to != caller.expects.destination:
        yield f"went to {went_to}, expected {caller.expects.destination}"
    if seen.get("status") != "ended":
        yield "Vapi never said that it ended"
    stored = ours.get("destination") or NOWHERE
    if stored != went_to:
        yield f"our record says {stored}, Vapi saw {went_to}"


def _ms(said: object) -> float | None:
    if not isinstance(said, str):
        return None
    return datetime.fromisoformat(said).timestamp() * 1000


def disagreeing(results: Sequence[Outcome]) -> list[str]:
    """Which calls our record and Vapi tell differently, a sentence each."""
    return [
        f"{one.caller}: {problem}"
        for one in results
        for problem in one.problems
        if problem.startswith("our record")
    ]
