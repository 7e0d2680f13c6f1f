"""The owner's assistants as scripts of calls: those of the configuration, or saved at Vapi."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_scripts import Script, script_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.configuration.compiled_config import ContactCenter

MARK = "voicemailDetection"  # an inbound caller is never an answering machine

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class ConfiguredScripts:
    """PresentScripts: the configuration this process was started with."""

    def __init__(self, center: ContactCenter, saved: Mapping[str, str] | None = None) -> None:
        """Keep the configuration.

        Args:
            center: The owner's.
            saved: By key of ours, Vapi's id of an assistant that is saved there.
        """
        self._center = center
        self._saved = dict(saved or {})

    @property
    def assistants(self) -> tuple[str, ...]:
        """Keys of the assistants that may call out, in order."""
        return tuple(sorted({*outbound_assistants(self._center), *self._saved}))

    def find(self, assistant: str) -> Script | None:
        """The script of an assistant as configured now.

        Args:
            assistant: A key of the configuration, or Vapi's id of a saved assistant.

        Returns:
            None when no assistant of that name may call out.
        """
        message = self._center.voicemail_messages.get(assistant)
        if assistant in self._saved:
            saved_id = self._saved[assistant]
            return Script(assistant=assistant, saved_id=saved_id, voicemail_message=message)
        if _ID.fullmatch(assistant):
            return Script(assistant=assistant, saved_id=assistant)
        if assistant not in outbound_assistants(self._center):
            return None
        body = self._center.assistants[assistant]
        return Script(assistant=assistant, body=body, voicemail_message=message)

    def snapshot(self, assistant: str) -> Mapping[str, object]:
        """The script of an assistant as a campaign keeps it. Raises KeyError: there is none."""
        script = self.find(assistant)
        if script is None:
            raise KeyError(assistant)
        return script_json(script)


def outbound_assistants(center: ContactCenter) -> frozenset[str]:
    """Keys of the assistants that may call out: those that know an answering machine."""
    return frozenset(name for name, body in center.assistants.items() if MARK in body)
