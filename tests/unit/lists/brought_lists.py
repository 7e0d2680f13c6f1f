"""A list as somebody brings it, imported into a campaign, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_contacts import import_contacts
from contact_center.lists.services.import_ports import CampaignJob
from contact_center.lists.services.preview_campaign import open_job, preview_campaign, summary
from tests.campaign_scene import LONG_MS, NOON, CampaignScene, ms

if TYPE_CHECKING:
    from contact_center.campaigns.domain.contacts import ContactDetails
    from contact_center.lists.services.import_ports import ImportJob

NUMBER = "+12122000014"
CONSENT = "consent_kind,consent_at,consent_source"
GIVEN = "express_written,2025-06-01T10:00:00Z,web form"


def brought(
    body: str | bytes, region: str = "US", scene: CampaignScene | None = None, word: str = "i"
) -> tuple[CampaignScene, ImportJob]:
    if scene is None:
        scene = CampaignScene()
        scene.campaign("c1", start=False)
    data = body if isinstance(body, bytes) else body.encode()
    add_contacts("c1", word, data, region, scene.change)
    job = import_contacts(f"c1.{word}", LONG_MS, scene.importing)
    assert job is not None
    assert not job.open
    return scene, job


def details(scene: CampaignScene) -> list[ContactDetails]:
    found = sorted(scene.contacts.of("c1"), key=lambda one: one.details.row)
    return [one.details for one in found]


def bad(job: ImportJob) -> list[tuple[int, str]]:
    return [(one.line, one.field) for one in job.first_bad]


def suppressed(scene: CampaignScene) -> set[str]:
    known = scene.permissions.permissions.items()
    return {number for number, one in known if one.suppressed_at is not None}


def previewed(scene: CampaignScene) -> dict[str, object]:
    asked = CampaignJob(job_id="p", campaign_id="c1", kind="preview", created_at_ms=ms(NOON))
    open_job(asked, scene.campaigns, scene.campaign_jobs)
    done = preview_campaign("c1", "p", LONG_MS, scene.preview)
    assert done is not None
    return summary(done)
