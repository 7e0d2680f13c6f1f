"""Add contacts to a campaign: an import is opened, and its list comes now or later."""

from __future__ import annotations

from contact_center.campaigns.domain.campaigns import OPEN_TO_CONTACTS, WrongStateError
from contact_center.campaigns.services.campaign_errors import LargeListError
from contact_center.campaigns.services.change_campaign import (
    CampaignParts,
    read_campaign,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.lists.services.import_ports import FileStore, ImportJob, ImportStore

INLINE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignListParts(CampaignParts):
    """What changing campaigns and their lists needs."""

    imports: ImportStore
    files: FileStore


def add_contacts(
    campaign_id: str, word: str, body: bytes | None, region: str, parts: CampaignListParts
) -> ImportJob:
    """Open an import of contacts, also while the campaign runs.

    Args:
        campaign_id: The campaign.
        word: A fresh word; the same one again gives the import there is.
        body: The list, when it came with the request; None: it is uploaded to `file_key`, and
            the bucket tells the worker when it has come.
        region: ISO country of numbers without a country code.
        parts: What it works with.

    Returns:
        The import, whose job is to be sent now, or when the file has come.

    Raises:
        NoCampaignError.
        WrongStateError: The campaign was cancelled.
        LargeListError: The list is too large to come with a request.
    """
    campaign = read_campaign(campaign_id, parts)
    if campaign.state not in OPEN_TO_CONTACTS:
        raise WrongStateError(campaign.state, "take contacts")
    if body is not None and len(body) > INLINE_BYTES:
        raise LargeListError(INLINE_BYTES)
    import_id = f"{campaign_id}.{word}"
    key = f"imports/{import_id}/{'list' if body is None else 'inline'}.csv"
    if body is not None and parts.imports.read(import_id) is None:
        parts.files.write(key, [body])
    job = ImportJob(
        import_id=import_id,
        campaign_id=campaign_id,
        file_key=key,
        created_at_ms=parts.now_ms(),
        region=region,
    )
    parts.imports.create(job)
    return parts.imports.read(import_id) or job
