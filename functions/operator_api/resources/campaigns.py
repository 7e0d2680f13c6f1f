"""The routes of campaigns: create, look, start and stop. Wiring only.

What they work with is loaded when it is first asked for: most requests want calls or health.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from operator_api.problems import KEY
from operator_api.requests import header, page_limit, query
from operator_api.routes import CREATED, JSON, NOTHING, OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.campaigns.adapters.api_models import CampaignWish
    from contact_center.wiring.operator_dialing import CampaignDesks
    from operator_api.routes import Routes

    type Desks = Callable[[], CampaignDesks]
    type Json = dict[str, object]

TAG, ONE = "campaigns", "campaigns.Campaign"

CREATE = Operation(
    "createCampaign",
    TAG,
    {CREATED: ("A draft.", ONE)},
    reads="campaigns.CampaignWish",
    body=JSON,
    query=(KEY,),
    refuses=(422,),
)
LIST = Operation(
    "listCampaigns",
    TAG,
    {OK: ("A page.", "campaigns.CampaignPage")},
    role="viewer",
    query=("limit", "cursor"),
    refuses=(400,),
)
SHOW = Operation("showCampaign", TAG, {OK: ("The campaign.", ONE)}, role="viewer", refuses=(404,))
PROGRESS = Operation(
    "showProgress",
    TAG,
    {OK: ("Figures; the same price for any list.", "campaigns.Progress")},
    role="viewer",
    refuses=(404,),
)


def campaign_routes(routes: Routes, desks: Desks) -> None:
    """Add them; `desks` makes what they work with when it is first asked for."""
    _look_routes(routes, desks)
    _change_routes(routes, desks)

    @routes.on("POST", "/api/campaigns", CREATE)
    def create(asked: CampaignWish) -> Json:
        """Create a campaign."""
        desk = desks().campaigns
        return desk.create(asked.wish(desk.parts.stagger_seconds), header(routes.router, KEY))


def _look_routes(routes: Routes, desks: Desks) -> None:
    @routes.on("GET", "/api/campaigns", LIST)
    def page() -> Json:
        """Campaigns, the newest first."""
        return desks().campaigns.page(page_limit(routes.router), query(routes.router, "cursor"))

    @routes.on("GET", "/api/campaigns/<campaign_id>", SHOW)
    def show(campaign_id: str) -> Json:
        """One campaign."""
        return desks().campaigns.show(campaign_id)

    @routes.on("GET", "/api/campaigns/<campaign_id>/progress", PROGRESS)
    def progress(campaign_id: str) -> Json:
        """How far it has come."""
        return desks().campaigns.progress(campaign_id)


def _change_routes(routes: Routes, desks: Desks) -> None:
    @routes.on("POST", "/api/campaigns/<campaign_id>/start", _change("start"))
    def start(campaign_id: str) -> Json:
        """Start a draft, with assistant and policy as they are now; not on a list that failed."""
        return desks().campaigns.change(campaign_id, "start")

    @routes.on("POST", "/api/campaigns/<campaign_id>/pause", _change("pause"))
    def pause(campaign_id: str) -> Json:
        """Pause it; nothing of it rings any more 5 s after the answer."""
        return desks().campaigns.change(campaign_id, "pause")

    @routes.on("POST", "/api/campaigns/<campaign_id>/resume", _change("resume"))
    def resume(campaign_id: str) -> Json:
        """Let it run on."""
        return desks().campaigns.change(campaign_id, "resume")

    @routes.on("POST", "/api/campaigns/<campaign_id>/cancel", _change("cancel"))
    def cancel(campaign_id: str) -> Json:
        """End it for good."""
        return desks().campaigns.change(campaign_id, "cancel")


def _change(step: str) -> Operation:
    return Operation(
        f"{step}Campaign",
        TAG,
        {OK: ("The campaign as it stands now.", ONE)},
        body=NOTHING,
        refuses=(404, 409),
    )
