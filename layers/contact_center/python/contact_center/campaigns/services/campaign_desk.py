"""What operators do with campaigns, from a request's values to an answer's."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from contact_center.campaigns.services.campaign_errors import NoCampaignError, OtherRequestError
from contact_center.campaigns.services.change_campaign import (
    cancel_campaign,
    create_campaign,
    pause_campaign,
    read_campaign,
    read_progress,
    resume_campaign,
    start_campaign,
)
from contact_center.campaigns.services.show_campaign import show_campaign, show_progress
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.page_cursors import opened, sealed

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaign_wishes import CampaignWish
    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.services.change_campaign import CampaignParts
    from contact_center.campaigns.services.show_campaign import Json
    from contact_center.kernel.ports import Ids

CAMPAIGN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
KEY = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
KEY_NAME = "Idempotency-Key"
ID_CHARACTERS = 32

CHANGES = {
    "start": start_campaign,
    "pause": pause_campaign,
    "resume": resume_campaign,
    "cancel": cancel_campaign,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDesk:
    """Campaigns as operators handle them. Each method also raises StoreUnavailableError."""

    parts: CampaignParts
    ids: Ids

    def create(self, wish: CampaignWish, key: str | None) -> Json:
        """Create a campaign.

        Args:
            wish: What is asked for.
            key: The same key again, with the same wish, gives the campaign there is.

        Raises:
            FieldError: A field is wrong; the error names it.
            OtherRequestError: The key stands for another request.
        """
        if key is None:
            return show_campaign(create_campaign(self.ids.new(), wish, self.parts))
        if not KEY.fullmatch(key):
            raise FieldError(KEY_NAME, "must be 1 to 200 printable ASCII characters")
        name = hashlib.sha256(f"campaign\x1f{key}".encode()).hexdigest()[:ID_CHARACTERS]
        known = self.parts.campaigns.read(name) or create_campaign(name, wish, self.parts)
        if known.wish != wish:
            raise OtherRequestError
        return show_campaign(known)

    def page(self, limit: int, cursor: str | None) -> Json:
        """Campaigns, the newest first. Raises BadCursorError."""
        page = self.parts.campaigns.page(limit, opened("campaigns", cursor))
        return {
            "campaigns": [show_campaign(one) for one in page.campaigns],
            "unreadable": list(page.unreadable),
            "nextCursor": sealed("campaigns", page.cursor),
        }

    def show(self, campaign_id: str) -> Json:
        """One campaign. Raises NoCampaignError."""
        return show_campaign(self.known(campaign_id))

    def change(self, campaign_id: str, step: str) -> Json:
        """Start, pause, resume or cancel; a step that was taken before changes nothing.

        Raises:
            NoCampaignError, WrongStateError, CampaignBusyError.
            FieldError: It cannot be started: its end has come, or its assistant is gone.
        """
        return show_campaign(CHANGES[step](checked_id(campaign_id), self.parts))

    def progress(self, campaign_id: str) -> Json:
        """How far it has come, from one request, whatever its size. Raises NoCampaignError."""
        head = read_progress(checked_id(campaign_id), self.parts)
        return show_progress(head, self.parts.now_ms())

    def known(self, campaign_id: str) -> Campaign:
        """The campaign as stored. Raises NoCampaignError."""
        return read_campaign(checked_id(campaign_id), self.parts)


def checked_id(campaign_id: str) -> str:
    """The id, when it can be one. Raises NoCampaignError."""
    if not CAMPAIGN_ID.fullmatch(campaign_id):
        raise NoCampaignError
    return campaign_id
