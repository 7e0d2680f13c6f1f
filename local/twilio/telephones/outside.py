"""What lies beyond Twilio's network: media streams, and SIP hosts that are no telephones.

The seam to another simulator: whoever plays them is told when a connection opens, ends it with
`Connection.end`, and is told when this side has ended it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.vapi.scripts.callers_format import Caller, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One connection that a call opens.

    Attributes:
        call: The call's SID.
        caller: The number of the call's far end.
        address: The stream's URL, or the SIP address with its headers.
        given: A stream's parameters, or the headers of the SIP address.
        end: Ends it from the far side; from any thread, any number of times.
        hang_up: The caller, if the far side plays one, hangs up; from any thread.
    """

    call: str
    caller: str
    address: str
    given: Mapping[str, str]
    end: Callable[[], None] = field(repr=False)
    hang_up: Callable[[], None] = field(repr=False)


class FarSide(Protocol):
    """Who has taken a connection."""

    @property
    def name(self) -> str:
        """What the call is there."""
        ...

    def does(self, step: Step) -> bool:
        """The caller, whom the far side plays, does something next; False: it plays nobody."""
        ...

    def closed(self) -> None:
        """This side has ended it: a redirect, or the caller hung up. On the simulator's thread."""
        ...


class Outside(Protocol):
    """Takes connections, on the simulator's own thread: nothing here may wait."""

    def expect(self, caller: Caller) -> None:
        """Whoever calls with this caller's number from now on is this caller."""
        ...

    def stream(self, connection: Connection) -> FarSide | None:
        """A media stream opens; None when nobody listens at that address."""
        ...

    def sip(self, connection: Connection) -> FarSide | None:
        """A SIP host is called; None when it is not one of ours."""
        ...


class Nobody:
    """Nobody takes any connection."""

    def expect(self, caller: Caller) -> None:
        """Nobody plays them."""
        del caller

    def stream(self, connection: Connection) -> FarSide | None:
        """Nobody listens."""
        del connection
        return None

    def sip(self, connection: Connection) -> FarSide | None:
        """No such host."""
        del connection
        return None
