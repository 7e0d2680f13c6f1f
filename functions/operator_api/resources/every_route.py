"""Every route of the API, whatever serves or describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operator_api.resources.actions import action_routes
from operator_api.resources.audit import audit_routes
from operator_api.resources.callbacks import callback_routes
from operator_api.resources.callers import caller_routes
from operator_api.resources.calls import call_routes
from operator_api.resources.campaigns import campaign_routes
from operator_api.resources.dialing import dialing_routes
from operator_api.resources.effects import effect_routes
from operator_api.resources.figures import figure_routes
from operator_api.resources.follow_ups import follow_up_routes
from operator_api.resources.forgetting import forget_routes
from operator_api.resources.history import history_routes
from operator_api.resources.lists import list_routes
from operator_api.resources.live import live_routes
from operator_api.resources.messages import message_routes
from operator_api.resources.monitors import monitor_routes
from operator_api.resources.national import national_routes
from operator_api.resources.people import people_routes
from operator_api.resources.permissions import permission_routes
from operator_api.resources.sessions import session_routes
from operator_api.resources.stories import story_routes
from operator_api.resources.visits import visit_routes
from operator_api.routes import Routes

if TYPE_CHECKING:
    from contact_center.wiring.operator_api import OperatorParts
    from operator_api.asking import Asking


def every_route(parts: OperatorParts, asking: Asking) -> Routes:
    """The routes.

    Args:
        parts: What they work with.
        asking: Whose request each is.
    """
    routes, role = Routes(asking.require, asking.serve), asking.role
    monitor_routes(routes, parts, role)
    call_routes(routes, parts.desk, parts.listen)
    follow_up_routes(routes, parts.follow_ups, role)
    effect_routes(routes, parts.effects, role, parts.desk)
    dialing_routes(routes, parts.dialing)
    permission_routes(routes, parts.dialing)
    campaign_routes(routes, parts.campaigns)
    list_routes(routes, parts.campaigns)
    national_routes(routes, parts.campaigns)
    caller_routes(routes, parts.campaigns)
    figure_routes(routes, parts.figures, parts.roll_ups)
    people_routes(routes, parts.people, role)
    callback_routes(routes, parts.callbacks)
    visit_routes(routes, parts.visits, asking)
    message_routes(routes, parts.messages)
    audit_routes(routes, parts.audit)
    session_routes(routes, parts, asking)
    live_routes(routes, parts, asking)
    forget_routes(routes, parts.forgetting)
    action_routes(routes, parts, asking)
    history_routes(routes, parts, asking)
    story_routes(routes, parts, asking)
    return routes
