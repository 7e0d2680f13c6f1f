"""`make provision`: Vapi, Twilio and HubSpot made to match the configuration.

    python -m tools.provision                         # by the settings and keys of .env
    python -m tools.provision --env dev               # by those of a deployed stack
    python -m tools.provision --here                  # at the simulators that `make up` runs

It shows what it would write, and writes it once that is agreed to (--yes: at once; --plan: never).
Nothing is deleted, and nothing is renamed that was not made here. It may be broken off at any
time and run again. With a stack it needs credentials as the AWS CLI does, which may read the
stack, its function Provisioner and its secrets.

Exit status: 0 all is as wanted, 1 it is not, 2 nothing could be done.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contact_center.configuration.compiled_config import CompiledConfigError
from contact_center.kernel.environment import Environment, SettingsError
from contact_center.provisioning.domain.plan_text import difference_lines, plan_lines
from contact_center.provisioning.services.provision import carry_out, plan
from contact_center.provisioning.services.provisioning_ports import ProvisioningError
from contact_center.wiring.provisioner import StoredKeys, provisioning
from local.settings_text import SettingsError as LocalSettingsError
from local.settings_text import read_env_file
from local.up import name_notes
from tools.places import PLACE_ERRORS, deployed, proxy_note, running_here

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.provisioning.domain.plans import Plan, Step
    from contact_center.wiring.provisioner import Provisioning
    from tools.places import Place

ROOT = Path(__file__).resolve().parents[1]
ENV_FILE, FOLDER = ROOT / ".env", ROOT / ".local"
DONE, NOT_AS_WANTED, NOTHING_DONE = 0, 1, 2


GIVEN = {
    "vapi": "VAPI_API_KEY",
    "webhook": "VAPI_SECRET",
    "twilio": "TWILIO_AUTH_TOKEN",
    "hubspot": "HUBSPOT_TOKEN",
}


class GivenKeys:
    """KeyStore over .env and the environment."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Keep them."""
        self._values = values

    def key(self, of: str) -> str:
        """A key; see KeyStore."""
        value = self._values.get(GIVEN[of], "").strip()
        if not value:
            raise SettingsError(GIVEN[of], "is missing: put it into .env")
        return value


def main(argv: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(prog="tools.provision", description=__doc__)
    parser.add_argument("--env", help="dev, staging or prod: a deployed stack (samconfig.toml)")
    parser.add_argument("--here", action="store_true", help="what `make up` runs, simulators too")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where `make up` runs")
    parser.add_argument("--env-file", type=Path, default=ENV_FILE, help="in place of .env")
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--plan", action="store_true", help="write nothing")
    arguments = parser.parse_args(argv)
    try:
        told = os.environ if environment is None else environment
        if (proxy := proxy_note(told)) is not None:
            print(proxy, file=sys.stderr)
        made = _made(arguments, told)
        shown = plan(made.parts)
        _show(shown, made)
        if not shown.changes:
            print("All is as wanted.")
            return _settings_told(made, dict(_ids(shown)))
        if arguments.plan or not (arguments.yes or _agreed(len(shown.changes))):
            print("Nothing was written.")
            return NOT_AS_WANTED
        return _carried_out(shown, made)
    except (*PLACE_ERRORS, ProvisioningError) as error:
        print(f"not provisioned: {error}", file=sys.stderr)
    except (SettingsError, LocalSettingsError, CompiledConfigError) as error:
        print(f"not provisioned: {error}{_what_next(arguments)}", file=sys.stderr)
    return NOTHING_DONE


def _made(arguments: argparse.Namespace, told: Mapping[str, str]) -> Provisioning:
    """What is to be provisioned, by what was asked for. Raises as `deployed` and `_here` do."""
    if arguments.env:
        return _at(deployed(arguments.env))
    if arguments.here:
        return _at(running_here(arguments.folder))
    for note in name_notes(arguments.env_file, ROOT / "template.yaml", told):
        print(note, file=sys.stderr)
    return _here(arguments.env_file, told)


def _what_next(arguments: argparse.Namespace) -> str:
    """What to do when the settings of this machine do not suffice; else nothing."""
    if arguments.env or arguments.here:
        return ""
    env_file = arguments.env_file
    there = "" if env_file.exists() else f"There is no {env_file.name}. "
    return (
        f"\n{there}{env_file.name} has your keys, your number and the address that leads here "
        "(docs/deployment.md#your-own-vapi). HERE=1 provisions what `make up` runs, at its "
        "simulators; ENV=dev a deployed stack."
    )


def _carried_out(shown: Plan, made: Provisioning) -> int:
    done = carry_out(shown, made.parts)
    for step in done.left:
        print(f"the other side changed {_name(step)} after it was written:")
        print("\n".join(difference_lines(step)))
    status = _settings_told(made, done.ids)
    if done.left:
        return NOT_AS_WANTED
    print("All that was written was read back as wanted.")
    return status


def _show(shown: Plan, made: Provisioning) -> None:
    print(f"As {made.settings.owner}; {made.settings.twilio.admission} (docs/our-own-number.md)")
    print("\n".join(plan_lines(shown)))


def _ids(shown: Plan) -> list[tuple[Any, str]]:
    return [
        ((step.wanted.kind, step.wanted.key), step.found.id)
        for step in shown.steps
        if step.found is not None
    ]


def _settings_told(made: Provisioning, ids: Mapping[Any, str]) -> int:
    """Name the settings that have to name what is there; without them it is not used."""
    to_set = made.settings_to_set(ids)
    for name, value in to_set.items():
        parameter = "".join(word.capitalize() for word in name.split("_"))
        print(f'set {name}={value} in .env, or "{parameter}={value}" in samconfig.toml')
    return DONE


def _agreed(changes: int) -> bool:
    """Whether somebody at the terminal says yes; without one nobody does."""
    if not sys.stdin.isatty():
        print("Nobody is here to ask: --yes (YES=1) writes without.", file=sys.stderr)
        return False
    return input(f"Write {changes} of these? [y/N] ").strip().lower() in {"y", "yes"}


def _told(step: Step) -> None:
    print(f"written: {_name(step)}", flush=True)


def _name(step: Step) -> str:
    return f"{step.wanted.kind} {step.wanted.key}".strip()


def _here(env_file: Path, told: Mapping[str, str]) -> Provisioning:
    """By .env and the environment, which wins. Raises SettingsError."""
    values = {**read_env_file(env_file), **told}
    if not values.get("HUBSPOT_TOKEN"):  # simulated here (docs/crm.md)
        values["EFFECT_RECEIVERS"] = "built_in"
    environment = Environment({**values, "TWILIO_SECRET_NAME": str(env_file)})
    return provisioning(environment, GivenKeys(values), told=_told)


def _at(place: Place) -> Provisioning:
    """By what the functions of a set-up are told, with its keys. Raises SettingsError."""
    return provisioning(place.environment, StoredKeys(place.environment), told=_told)


if __name__ == "__main__":
    raise SystemExit(main())
