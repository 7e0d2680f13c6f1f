"""Streams and SIP calls that lead to the simulated Vapi, and what that does with our numbers.

The words of such a call are the Vapi simulator's: it plays the caller's script. Twilio's side is
told when that caller hangs up, and ends Vapi's call by a redirect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from local.vapi.calls.bypass import BorrowedLine
from local.vapi.scripts.callees_format import hears_it_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twilio.telephones.account import Account
    from local.twilio.telephones.outside import Connection
    from local.vapi.calls.call import Call
    from local.vapi.scripts.callers_format import Caller, Step
    from local.vapi.simulator import VapiSimulator

SIP_HOSTS = ("sip.vapi.ai", "sip.eu.vapi.ai")


@dataclass(frozen=True, slots=True)
class _VapiCall:
    """Vapi's call at the far side of a connection."""

    call: Call

    @property
    def name(self) -> str:
        """Vapi's id of it."""
        return self.call.call_id

    def does(self, step: Step) -> bool:
        """Its caller does something next."""
        return self.call.tell_caller(step)

    def closed(self) -> None:
        """Twilio's side has ended it."""
        self.call.cut_off()


class ToVapi:
    """Takes what is meant for Vapi.

    Args:
        vapi: The simulator on the same machine. Who calls is looked up in its `people` by
            number; somebody who is not there hears the assistant out and hangs up.
    """

    def __init__(self, vapi: VapiSimulator) -> None:
        self._vapi = vapi

    def expect(self, caller: Caller) -> None:
        """Who plays the number's next calls."""
        self._vapi.people[caller.number] = caller

    def stream(self, connection: Connection) -> _VapiCall | None:
        """The stream of a call whose provider Vapi bypasses."""
        call = self._vapi.take_stream(connection.address, _line(connection))
        return None if call is None else _VapiCall(call)

    def sip(self, connection: Connection) -> _VapiCall | None:
        """A call to one of Vapi's SIP hosts."""
        if urlsplit("//" + connection.address.partition("@")[2]).hostname not in SIP_HOSTS:
            return None
        caller = self._vapi.people.get(connection.caller) or hears_it_out(connection.caller)
        address = connection.address.partition("?")[0]
        call = self._vapi.take_sip(caller, address, connection.given, _line(connection))
        return None if call is None else _VapiCall(call)


class Twilio(Protocol):
    """What is used of the simulator of Twilio."""

    @property
    def account(self) -> Account:
        """Its account."""
        ...

    def do[Result](self, what: Callable[[], Result]) -> Result:
        """Do something on its own thread, and wait for it."""
        ...


class AtTwilio:
    """Twilio as the simulated Vapi uses it for numbers that were imported: Account.carrier.

    Args:
        twilio: The simulator on the same machine.
    """

    def __init__(self, twilio: Twilio) -> None:
        self._twilio = twilio

    def has(self, number: str, account_sid: str, auth_token: str) -> bool:
        """Whether the account is that one and has the number."""
        account = self._twilio.account
        ours = (account.sid, account.auth_token) == (account_sid, auth_token)
        return ours and number in account.numbers

    def take_over(
        self, number: str, *, voice_url: str, status_callback: str, messages_url: str | None
    ) -> None:
        """Set whom a number asks; None: its messages are left alone."""
        numbers = self._twilio.account.numbers

        def taken() -> None:
            before = numbers[number]
            messages = before.sms_url if messages_url is None else messages_url
            numbers[number] = replace(
                before,
                voice_url=voice_url,
                voice_method="POST",
                status_callback=status_callback,
                status_callback_method="POST",
                sms_url=messages,
                application_sid="",
                trunk_sid="",
            )

        self._twilio.do(taken)


def _line(connection: Connection) -> BorrowedLine:
    return BorrowedLine(
        call_sid=connection.call, ended=connection.end, caller_left=connection.hang_up
    )
