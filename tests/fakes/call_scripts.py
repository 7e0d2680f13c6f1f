"""Scripts of calls in memory: the configuration of now, and what campaigns keep."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_scripts import Script, script_json
from contact_center.dialing.services.find_script import CallScripts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.dialing.services.find_script import Snapshots


@dataclass
class FakePresentScripts:
    """PresentScripts: every name on the list may call out, and says which release it is of."""

    assistants: tuple[str, ...] = ("sales", "retention", "support")
    release: str = "now"
    messages: dict[str, str] = field(default_factory=lambda: {"sales": "Please call us back."})

    def find(self, assistant: str) -> Script | None:
        if assistant not in self.assistants:
            return None
        return Script(
            assistant=assistant,
            body={"name": assistant, "firstMessage": self.release},
            voicemail_message=self.messages.get(assistant),
        )

    def snapshot(self, assistant: str) -> Mapping[str, object]:
        found = self.find(assistant)
        if found is None:
            raise KeyError(assistant)
        return script_json(found)


@dataclass
class FakeSnapshots:
    """Snapshots: of any campaign the one script, unless told otherwise; counts how often."""

    stored: dict[str, Mapping[str, object] | None] = field(default_factory=dict)
    default: Mapping[str, object] | None = field(
        default_factory=lambda: FakePresentScripts(release="at start").snapshot("sales")
    )
    reads: Counter[str] = field(default_factory=Counter)

    def snapshot(self, campaign_id: str) -> Mapping[str, object] | None:
        self.reads[campaign_id] += 1
        return self.stored.get(campaign_id, self.default)


def fake_scripts(
    present: FakePresentScripts | None = None, snapshots: Snapshots | None = None
) -> CallScripts:
    """Scripts for tests in which nobody cares what is said."""
    return CallScripts(present or FakePresentScripts(), snapshots or FakeSnapshots())
