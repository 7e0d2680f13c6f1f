"""What an operator of campaigns is refused with, beside a field that breaks a rule.

Apart from what raises them, so that the API can name them without loading all of it.
"""

from __future__ import annotations


class NoCampaignError(Exception):
    """There is no campaign of that id."""


class NoListError(Exception):
    """There is no import, preview or export of that id."""


class NothingToConfirmError(Exception):
    """The import does not ask for anybody's word.

    Attributes:
        state: How far it is.
    """

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class CampaignBusyError(Exception):
    """Others kept changing the campaign. Nothing was written."""


class FailedListError(Exception):
    """The campaign's latest list has failed, so it would call others than were meant.

    Attributes:
        import_id: Of the list.
        fault: Why it failed, with the line.
    """

    def __init__(self, import_id: str, fault: str) -> None:
        super().__init__(import_id)
        self.import_id = import_id
        self.fault = fault


class OtherRequestError(Exception):
    """The idempotency key was used before, for another request."""


class LargeListError(Exception):
    """The list is too large to come with a request.

    Attributes:
        most_bytes: So large it may be.
    """

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"at most {most_bytes} bytes")
        self.most_bytes = most_bytes
