"""A strict HubSpot on loopback: one account, its records, its limits, and what goes wrong.

    with HubSpotSimulator() as hubspot:
        hubspot.faults.add(Fault(mishap=Mishap.LOST, method="POST"))

What it was asked stands in `hubspot.log`, with the time by its own clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.crm.faults import Faults
from local.crm.http import HttpServer
from local.crm.hubspot.limits import Limits
from local.crm.hubspot.operations import Portal
from local.crm.hubspot.rest import Rest
from local.crm.log import CrmLog, machine_ms
from local.crm.served import Served
from local.settings import SIMULATED_HUBSPOT_TOKEN

if TYPE_CHECKING:
    from local.crm.hubspot.records import Record
    from local.crm.log import NowMs

OURS = {
    "contacts": "switchboard_customer",
    **dict.fromkeys(("calls", "notes", "tasks", "deals"), "switchboard_effect"),
}


class HubSpotSimulator(Served):
    """An account at HubSpot on this machine.

    Args:
        token: What requests must carry.
        port: Where to listen; 0 chooses a free one.
        now_ms: Its clock: search lags and limits go by it.
        limits: How often it may be asked.
        with_ours: Whether the properties of ours are there already.
    """

    def __init__(
        self,
        *,
        token: str = SIMULATED_HUBSPOT_TOKEN,
        port: int = 0,
        now_ms: NowMs = machine_ms,
        limits: Limits | None = None,
        with_ours: bool = True,
    ) -> None:
        self.log = CrmLog(now_ms)
        self.faults = Faults()
        self.portal = Portal()
        self.limits = limits or Limits()
        self._now_ms = now_ms
        self.rest = Rest(token, self.portal, self.limits, self.faults, self.log, now_ms)
        self._server = HttpServer(port, self.rest.answer, self.faults.gone_on)
        if with_ours:
            self._add_ours()

    def add(self, kind: str, **values: str) -> str:
        """A record that an owner typed; its id."""
        checked = self.portal.definitions.check(kind, values, new=True, rules=False)
        return self.portal.records.make(kind, checked, self._now_ms()).record_id

    def records(self, kind: str) -> list[Record]:
        """The records of a kind that are there."""
        return [one for one in self.portal.records.of(kind) if one.gone_ms is None]

    def asked(self, method: str = "") -> list[str]:
        """What it was asked so far, as `GET /crm/objects/…`, for tests."""
        entries = self.log.entries("request")
        named = ((one["method"], f"{one['method']} {one['path']}") for one in entries)
        return [line for how, line in named if method in {"", how}]

    def _add_ours(self) -> None:
        for kind, name in OURS.items():
            self.portal.definitions.add(
                kind,
                {
                    "name": name,
                    "label": name,
                    "type": "string",
                    "fieldType": "text",
                    "groupName": "information",
                    "hasUniqueValue": True,
                },
            )
