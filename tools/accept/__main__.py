"""`make accept`: ten test calls, and the figures that are promised of them.

    python -m tools.accept                                    # simulated, here, at no cost
    python -m tools.accept --live --to +14155550100 --from ID # real: what `make up` runs here
    python -m tools.accept --live --to +14155550100 --from ID --env dev   # of a deployed stack

Simulated, it starts the whole system for itself and scripted callers ring. Real, an assistant at
Vapi rings the number --to from the number --from, call after call, and says a caller's lines. It
says what that may cost, asks, stops before a cap is passed (--cap, in USD), rings no other number
and rings only when the rules would let anybody be rung there. Without what it needs it says what
that is, and has called nothing.

Exit status: 0 every figure is met, 1 one is not, 2 nothing was called.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from contact_center.kernel.environment import SettingsError
from contact_center.kernel.system_clock import SystemClock, SystemSleeper
from contact_center.provisioning.services.provisioning_ports import ProvisioningError
from contact_center.wiring.provisioner import StoredKeys
from local.demo.demo import DEPARTMENTS, read_departments
from local.demo.machine_pace import SLOW, times_as_slow
from local.vapi.scripts.script_tables import CallerError
from tools.accept.before import (
    NEEDED,
    NotReadyError,
    check_numbers,
    checked,
    playable,
    refusal,
)
from tools.accept.callers import AssistantCallers, scripts_in
from tools.accept.play import Stage, play
from tools.accept.providers import OurCalls, VapiCalls
from tools.accept.simulated import simulated
from tools.accept.spending import CAP_USD, MinutePrices, Purse, estimate
from tools.accept.told import concluded
from tools.places import PLACE_ERRORS, deployed, running_here
from tools.replay_effects import running

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.kernel.ports import Clock
    from tools.accept.before import Live
    from tools.accept.callers import Script
    from tools.places import Place

ROOT = Path(__file__).resolve().parents[2]
CALLERS, FOLDER = ROOT / "local" / "acceptance", ROOT / ".local"
NOTHING_CALLED = 2
REAL_VAPI = "https://api.vapi.ai"


def main(argv: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Run the command; see the module's text."""
    arguments = _parser().parse_args(argv)
    told = os.environ if environment is None else environment
    try:
        scripts = scripts_in(arguments.callers)
        if not arguments.live:
            slow = times_as_slow() > SLOW if arguments.patient is None else arguments.patient
            return simulated(scripts, _told, patient=slow)
        live = checked(arguments.to, arguments.from_id, arguments.cap)
        place = deployed(arguments.env) if arguments.env else running_here(arguments.folder)
        here = {} if arguments.env else running()  # whose token is none of a stack's
        token = told.get("OPERATOR_TOKEN") or here.get("OPERATOR_TOKEN", "")
        return real(scripts, live, place, token, yes=arguments.yes)
    except (NotReadyError, *PLACE_ERRORS) as error:
        print(f"Nothing was called: {error}.\n\n{needs(len(scripts))}", file=sys.stderr)
    except (CallerError, SettingsError, ProvisioningError) as error:
        print(f"Nothing was called: {error}", file=sys.stderr)
    return NOTHING_CALLED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools.accept",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--live", action="store_true", help="real calls, which cost money")
    parser.add_argument("--to", help="the number that is rung, E.164")
    parser.add_argument("--from", dest="from_id", help="Vapi's id of the number that rings")
    parser.add_argument("--env", help="dev, staging or prod: a deployed stack (samconfig.toml)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where `make up` runs")
    parser.add_argument("--cap", type=float, default=CAP_USD, help="USD, at most (%(default)s)")
    parser.add_argument("--yes", action="store_true", help="spend without asking")
    parser.add_argument("--callers", type=Path, default=CALLERS, help="a folder of callers")
    parser.add_argument(
        "--patient",
        action=argparse.BooleanOptionalAction,
        help="simulated callers wait as long as it takes, and times are not judged (default: where "
        "this machine is too slow or busy)",
    )
    return parser


def needs(calls: int) -> str:
    """What real calls need, and what they would cost."""
    listed = "\n".join(f"  {one}" for one in NEEDED)
    return (
        f"Real test calls need:\n{listed}\n"
        f"They would cost: {estimate(calls, MinutePrices.read())}.\n"
        "Without LIVE=1 the same callers ring at a simulator here, at no cost."
    )


def real(  # noqa: PLR0913 - a run, and by whose leave
    scripts: Sequence[Script],
    live: Live,
    place: Place,
    token: str,
    *,
    yes: bool,
    agreed: Callable[[str], bool] | None = None,
    clock: Clock | None = None,
) -> int:
    """Ring for real; returns the exit status.

    Raises NotReadyError, SettingsError or ProvisioningError: nothing was called.
    """
    clock = clock or SystemClock()
    if not token:
        raise NotReadyError("OPERATOR_TOKEN is missing")
    base_url = place.environment.url("VAPI_BASE_URL") or REAL_VAPI
    vapi = VapiCalls(base_url, StoredKeys(place.environment).key("vapi"), clock)
    ours_id = place.values.get("VAPI_PHONE_NUMBER_ID", "")
    rings, rung = vapi.number(live.from_id), vapi.number(ours_id) if ours_id else ""
    check_numbers(live, place, rings, rung)
    fictional = place.environment.flag("LOCAL_TEST_NUMBERS", default=False)
    may_ring = partial(refusal, live.to, clock, test_numbers=fictional)
    if (refused := may_ring()) is not None:
        raise NotReadyError(f"the number may not be rung now: {refused}")
    ours = OurCalls(str(place.environment.url("PUBLIC_BASE_URL")), token)
    if (unheard := ours.refusal()) is not None:
        raise NotReadyError(f"{unheard}, so nothing could be held to our own record")
    played, left_out = playable(scripts, place)
    print("\n".join(left_out))
    prices = MinutePrices.read()
    question = f"{estimate(len(played), prices)}; it stops before {live.cap_usd:.2f} USD are passed"
    if not (yes or (agreed or _agreed)(question)):
        raise NotReadyError("nobody agreed to spend it (--yes, YES=1)")
    sleeper, run = SystemSleeper(), f"accept-{token_hex(3)}"
    callers = AssistantCallers(vapi, live.from_id, rings, live.to, run, clock, sleeper, may_ring)
    stage = Stage(
        callers=callers,
        vapi=vapi,
        ours=ours,
        departments=read_departments(DEPARTMENTS),
        purse=Purse(prices, live.cap_usd),
        clock=clock,
        sleeper=sleeper,
        told=_told,
    )
    return concluded(play(played, stage), left_out, stage.purse)


def _agreed(question: str) -> bool:
    """Whether somebody at the terminal says yes; without one nobody does."""
    print(question)
    if not sys.stdin.isatty():
        return False
    return input("Ring? [y/N] ").strip().lower() in {"y", "yes"}


def _told(said: str) -> None:
    sys.stdout.write(f"  {said}\n")  # in one piece: several may speak at once
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
