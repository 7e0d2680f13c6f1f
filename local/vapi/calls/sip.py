"""A call that came in by SIP, as messages show it.

That headers fill variables of the prompt is documented, with an example that leaves out the x-;
nothing else is. So where messages show them is chosen: as variables, in one of the two places in
which public projects look for them, or nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

VARIABLES, TRANSPORT, PROVIDER, NOWHERE = "variables", "transport", "provider", "nowhere"
PLACES = (VARIABLES, TRANSPORT, PROVIDER, NOWHERE)


@dataclass(frozen=True, slots=True)
class SipInvite:
    """What a SIP call was invited with.

    Attributes:
        headers: By name, as they came.
        shown_in: One of PLACES.
    """

    headers: Mapping[str, str]
    shown_in: str

    def on(self, call: Json) -> Json:
        """A call of the telephone, as one that came in by SIP."""
        shown = {**call, "phoneCallProvider": "vapi", "phoneCallTransport": "sip"}
        shown["transport"] = {"conversationType": "voice", "provider": "vapi.sip"}
        told = {"sip": {"headers": dict(self.headers)}}
        if self.shown_in == TRANSPORT:
            shown["transport"] |= told
        elif self.shown_in == PROVIDER:
            shown["phoneCallProviderDetails"] = told
        elif self.shown_in == VARIABLES and self.headers:
            variables = {
                name.lower().removeprefix("x-"): value for name, value in self.headers.items()
            }
            shown["assistantOverrides"] = {"variableValues": variables}
        return shown
