"""One call after the other, or several at once where nothing costs anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from contact_center.provisioning.services.provisioning_ports import ProvisioningError
from tools.accept.callers import ENDS_WITHIN_MS, NotOrderedError, NotRungError
from tools.accept.spending import LONGEST_SECONDS
from tools.accept.witnessed import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from contact_center.kernel.ports import Clock, Sleeper
    from local.demo.figures import Outcome
    from tools.accept.callers import Callers, Rung, Script
    from tools.accept.providers import OurCalls, VapiCalls
    from tools.accept.spending import Purse

type Json = Any

LOOK_AGAIN_MS = 1_000
SETTLES_WITHIN_MS = 60_000  # our record, and what Vapi adds to its own after the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a run works with.

    Attributes:
        departments: Department key to the name of the assistant that serves it.
        abreast: How many calls at once.
        told: Hears how far it is.
    """

    callers: Callers
    vapi: VapiCalls
    ours: OurCalls
    departments: Mapping[str, str]
    purse: Purse
    clock: Clock
    sleeper: Sleeper
    told: Callable[[str], object]
    abreast: int = 1


@dataclass(frozen=True, slots=True)
class Played:
    """What a run came to.

    Attributes:
        missing: Who was not played, and why.
    """

    results: Sequence[Outcome]
    missing: Sequence[str]


def play(scripts: Sequence[Script], stage: Stage) -> Played:
    """Let every caller ring. What goes wrong with one keeps no other from ringing."""
    with ThreadPoolExecutor(stage.abreast) as pool:
        ended = list(pool.map(lambda script: _one(script, stage), scripts))
    results = [one for one in ended if not isinstance(one, str)]
    return Played(results, [one for one in ended if isinstance(one, str)])


def _one(script: Script, stage: Stage) -> Outcome | str:
    name = script.caller.name
    if not stage.purse.allows_another():
        return f"{name}: not played, or the cap of {stage.purse.cap_usd:.2f} USD might be passed"
    stage.told(f"rings: {name}")
    try:
        rung = stage.callers.ring(script)
        seen = _seen_through(rung, stage)
    except NotOrderedError as error:
        return f"{name}: {error}"
    except (NotRungError, ProvisioningError) as error:
        stage.purse.pay(None, LONGEST_SECONDS)  # it may have rung all the same
        return f"{name}: {error}"
    ours = _recorded(rung.call_id, stage)
    outcome = outcome_of(script.caller, seen, ours, stage.departments)
    said = "; ".join(outcome.problems) or "as expected"
    stage.told(f"over:  {name}: {outcome.went_to}, {said}")
    return outcome


def _seen_through(rung: Rung, stage: Stage) -> Json:
    """The call as Vapi has it once it is over, and paid for."""
    seen = _ended(rung.call_id, stage, _is_told)
    legs = [seen]
    if rung.caller_leg is not None:
        legs.append(_ended(rung.caller_leg, stage, _is_priced))
    costs = [leg["cost"] for leg in legs if _is_priced(leg)]
    stage.purse.pay(sum(costs) if len(costs) == len(legs) else None, LONGEST_SECONDS)
    return seen


def _ended(call_id: str, stage: Stage, good: Callable[[Json], bool]) -> Json:
    """A call that is over, once Vapi has put to it what it puts there afterwards.

    Raises NotRungError: it went on and on.
    """
    looks = _looks(partial(stage.vapi.call, call_id))
    seen = _awaited(looks, lambda one: one.get("status") == "ended", ENDS_WITHIN_MS, stage)
    if seen.get("status") != "ended":
        raise NotRungError("the call did not end: look at it in Vapi's dashboard, and hang up")
    return seen if good(seen) else _awaited(looks, good, SETTLES_WITHIN_MS, stage)


def _is_told(call: Json) -> bool:
    return bool(call.get("artifact", {}).get("messages")) and _is_priced(call)


def _is_priced(call: Json) -> bool:
    return isinstance(call.get("cost"), int | float)


def _looks(look: Callable[[], Json]) -> Iterator[Json]:
    while True:
        yield look()


def _recorded(call_id: str, stage: Stage) -> Json:
    looks = _looks(partial(stage.ours.call, call_id))
    return _awaited(looks, _is_settled, SETTLES_WITHIN_MS, stage)


def _is_settled(record: Json) -> bool:
    timeline = record.get("timeline", [])
    return record.get("status") == "ended" and any(one["what"] == "CallEnded" for one in timeline)


def _awaited(
    looks: Iterator[Json], good: Callable[[Json], bool], within_ms: int, stage: Stage
) -> Json:
    """The first that is good, or the last there was time for."""
    give_up_ms = stage.clock.now_ms() + within_ms
    for found in looks:
        if good(found) or stage.clock.now_ms() >= give_up_ms:
            return found
        stage.sleeper.until(stage.clock.now_ms() + LOOK_AGAIN_MS)
    raise AssertionError  # looks never end
