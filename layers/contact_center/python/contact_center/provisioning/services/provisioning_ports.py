"""What provisioning needs of the accounts, and how they fail.

The words of every error here may be shown and kept: they hold no key and no number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.provisioning.domain.objects import Found, Json, Kind


OUT_OF_TIME = "there is no time for another request: run it again, and it goes on from here"


class ProvisioningError(Exception):
    """What is wanted could not be made so; the message says what to do."""


class NotAnsweredError(ProvisioningError):
    """A provider was not reached, or had no time: nothing of that request was done."""


class RefusedError(ProvisioningError):
    """A provider refused a request."""


class InDoubtError(ProvisioningError):
    """A request may have been obeyed. The next run looks first."""


class OthersError(ProvisioningError):
    """The account holds objects of another owner's: nothing was written."""


class MissingError(ProvisioningError):
    """An object is not there, and it is not ours to make."""


class ChangedMeanwhileError(ProvisioningError):
    """What is to be done is not what was shown: nothing was written."""


class OutOfTimeError(ProvisioningError):
    """There is no time for another request. The next run goes on from here."""


class Account(Protocol):
    """An account at a provider."""

    def found(self, kind: Kind) -> Sequence[Found]:
        """All of a kind that is there. Raises ProvisioningError; as all, OutOfTimeError."""
        ...

    def make(self, kind: Kind, body: Mapping[str, Json]) -> Found:
        """Make one, by one request that is never sent twice. Raises ProvisioningError."""
        ...

    def change(self, kind: Kind, object_id: str, body: Mapping[str, Json]) -> Found:
        """Replace fields of one, likewise. Raises ProvisioningError."""
        ...
