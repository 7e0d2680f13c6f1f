"""Who speaks the caller's part: a script at the simulator, or a second assistant at Vapi.

On real accounts nobody is at a telephone, so an assistant of ours rings the number from another
number of the account and says the lines of the script, each when the other side has spoken. It is
sent whole with the order: nothing is saved, it has no server and sends no webhook.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.provisioning.services.provisioning_ports import (
    NotAnsweredError,
    RefusedError,
)
from local.vapi.scripts.callers_format import Caller, load_caller
from tools.accept.spending import LONGEST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from contact_center.kernel.ports import Clock, Sleeper
    from tools.accept.providers import VapiCalls

type Json = Any

RINGS_WITHIN_MS = 60_000
LOOK_AGAIN_MS = 1_000
ENDS_WITHIN_MS = (LONGEST_SECONDS + 180) * 1000
PROMPT = """You play a person who calls a company, to test how its telephone is answered.
Wait until the other side has spoken. Then say the first of these sentences, word for word, and
nothing else. Whenever the other side asks something again, say the next one; never skip one and
never make one up:
{lines}
When all of them are said and somebody says that they are of a department, or a colleague, answer
"Thank you, goodbye." and use endCall. If nobody does within a minute, do the same."""


class NotRungError(Exception):
    """A caller did not get through to us; the message says why."""


class NotOrderedError(NotRungError):
    """He was not let ring at all, so it cost nothing."""


@dataclass(frozen=True, slots=True)
class Script:
    """A caller, as read and as written in its file."""

    caller: Caller
    written: Json

    @property
    def lines(self) -> list[str]:
        """What he says, in order."""
        return [step["say"] for step in self.written["steps"]]


def scripts_in(folder: Path) -> list[Script]:
    """Every caller of a folder, by the names of their files. Raises CallerError."""
    return [
        Script(load_caller(file), tomllib.loads(file.read_text(encoding="utf-8")))
        for file in sorted(folder.glob("*.toml"))
    ]


@dataclass(frozen=True, slots=True)
class Rung:
    """A call that came in at ours, and the one that the caller speaks in, if he has one."""

    call_id: str
    caller_leg: str | None = None


class Callers(Protocol):
    """Whoever lets a caller ring."""

    def ring(self, script: Script) -> Rung:
        """Let him ring. Raises NotRungError, ProvisioningError."""
        ...


class ScriptedCallers:
    """Callers at the simulator of Vapi, who say their lines themselves."""

    def __init__(self, vapi: VapiCalls) -> None:
        """Keep the simulator's API."""
        self._vapi = vapi

    def ring(self, script: Script) -> Rung:
        """See Callers."""
        return Rung(self._vapi.ring(script.written))


class AssistantCallers:
    """Assistants at Vapi that ring one number, and no other, from another number of the account."""

    def __init__(  # noqa: PLR0913, PLR0917 - from whom, to whom, and by whose leave
        self,
        vapi: VapiCalls,
        from_id: str,
        from_number: str,
        to: str,
        run: str,
        clock: Clock,
        sleeper: Sleeper,
        may_ring: Callable[[], str | None],
    ) -> None:
        """Keep who rings whom.

        Args:
            vapi: The account.
            from_id: Vapi's id of the number that rings.
            from_number: That number, E.164.
            to: The number that is rung, E.164.
            run: Tells this run's calls from others.
            clock: The machine's.
            sleeper: Waits between looks.
            may_ring: Why the number may not be rung now; None: it may.
        """
        self._vapi, self._from_id, self._from, self._to = vapi, from_id, from_number, to
        self._run, self._clock, self._sleeper = run, clock, sleeper
        self._may_ring = may_ring
        self._began_ms = clock.now_ms()

    def ring(self, script: Script) -> Rung:
        """See Callers."""
        self._wait_for_quiet()
        refused = self._may_ring()
        if refused is not None:
            raise NotOrderedError(f"the number may not be rung now: {refused}")
        began_ms = self._clock.now_ms()
        before = {one.get("id") for one in self._vapi.latest(began_ms)}
        try:
            leg = self._vapi.order(order_body(script, self._from_id, self._to, self._run))
        except (RefusedError, NotAnsweredError) as error:  # InDoubtError: it may ring
            raise NotOrderedError(str(error)) from None
        while self._clock.now_ms() - began_ms < RINGS_WITHIN_MS:
            for one in self._vapi.latest(began_ms):
                customer = one.get("customer") or {}
                is_new = one.get("id") not in {leg, *before}
                if is_new and customer.get("number") == self._from:
                    return Rung(str(one["id"]), leg)
            self._sleeper.until(self._clock.now_ms() + LOOK_AGAIN_MS)
        raise NotRungError(
            "no call came in at the number within a minute: does it belong to this account, and "
            "does its server lead here? (make doctor)"
        )

    def _wait_for_quiet(self) -> None:
        """Until no call of this run goes on, also one of which nobody knows what became.

        A call that came in late would be taken for the next caller's, and both would speak.

        Raises NotOrderedError: one goes on and on.
        """
        give_up_ms = self._clock.now_ms() + ENDS_WITHIN_MS
        while any(self._goes_on(one) for one in self._vapi.latest(self._began_ms)):
            if self._clock.now_ms() >= give_up_ms:
                raise NotOrderedError("a call of this run does not end: hang it up at Vapi")
            self._sleeper.until(self._clock.now_ms() + LOOK_AGAIN_MS)

    def _goes_on(self, call: Json) -> bool:
        return str(call.get("name")).startswith(self._run) and call.get("status") != "ended"


def order_body(script: Script, from_id: str, to: str, run: str) -> Json:
    """The POST /call by which an assistant rings and says a script's lines."""
    lines = "\n".join(f"{number}. {line}" for number, line in enumerate(script.lines, start=1))
    router = load_contact_center().squad["members"][0]["assistant"]
    model = {name: router["model"][name] for name in ("provider", "model")}
    return {
        "name": f"{run} {script.caller.file.removesuffix('.toml')}"[:40],
        "phoneNumberId": from_id,
        "customer": {"number": to},
        "assistant": {
            "name": "acceptance caller",
            "firstMessageMode": "assistant-waits-for-user",
            "model": {
                **model,
                "temperature": 0,
                "messages": [{"role": "system", "content": PROMPT.format(lines=lines)}],
                "tools": [{"type": "endCall"}],
            },
            "voice": router["voice"],
            "transcriber": {
                name: router["transcriber"][name] for name in ("provider", "model", "language")
            },
            "maxDurationSeconds": LONGEST_SECONDS,
            "artifactPlan": {"recordingEnabled": False},
            "serverMessages": [],
        },
    }
