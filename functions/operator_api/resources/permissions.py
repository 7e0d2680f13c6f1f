"""The routes on what people permit: suppressions, consents, may we call now? Wiring only.

Numbers stand in bodies, never in paths: paths are logged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.triggers.services.state_permission import (
    ask_contactability,
    end_consent,
    lift_suppression,
    state_consent,
    state_suppression,
)
from operator_api.problems import json_answer
from operator_api.routes import CREATED, JSON, OK, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler import Response

    from contact_center.triggers.adapters.api_models import (
        NewConsent,
        PhoneOnly,
        Question,
        StatedSuppression,
    )
    from contact_center.triggers.services.state_permission import Stated
    from contact_center.wiring.operator_dialing import DialingDesk
    from operator_api.routes import Routes

    type Desk = Callable[[], DialingDesk]
    type Json = dict[str, object]

TAG, SUPPRESSION, CONSENTS = "people", "triggers.Suppression", "triggers.Consents"

SUPPRESS = Operation(
    "suppress",
    TAG,
    {
        CREATED: ("No call to it leaves any more.", SUPPRESSION),
        OK: ("It was said before; the first word stands.", SUPPRESSION),
    },
    reads="triggers.StatedSuppression",
    body=JSON,
)
UNSUPPRESS = Operation(
    "unsuppress",
    TAG,
    {OK: ("It is not on the list, whether or not it was.", SUPPRESSION)},
    reads="triggers.PhoneOnly",
    body=JSON,
)
CONSENT = Operation(
    "recordConsent",
    TAG,
    {CREATED: ("It is recorded.", CONSENTS), OK: ("It was said before.", CONSENTS)},
    reads="triggers.NewConsent",
    body=JSON,
)
REVOKE = Operation(
    "revokeConsent",
    TAG,
    {OK: ("Nothing given until now stands, whether or not there was anything.", CONSENTS)},
    reads="triggers.PhoneOnly",
    body=JSON,
)
ASK = Operation(
    "askContactability",
    TAG,
    {OK: ("The verdict and what it rests on.", "triggers.Contactability")},
    reads="triggers.Question",
    body=JSON,
)


def permission_routes(routes: Routes, desk: Desk) -> None:
    """Add them; `desk` makes what they work with when it is first asked for."""

    @routes.on("POST", "/api/suppressions", SUPPRESS)
    def put_on_the_list(asked: StatedSuppression) -> Response[str]:
        """Do not call this number any more."""
        return _stated(state_suppression(asked.phone, asked.source, desk().statements))

    @routes.on("DELETE", "/api/suppressions", UNSUPPRESS)
    def take_off_the_list(asked: PhoneOnly) -> Json:
        """Take a number off the do-not-call list.

        Consent that was revoked stays revoked.
        """
        return lift_suppression(asked.phone, desk().statements)

    @routes.on("POST", "/api/consents", CONSENT)
    def record(asked: NewConsent) -> Response[str]:
        """Record a consent."""
        return _stated(state_consent(asked.phone, asked.consent(), desk().statements))

    @routes.on("DELETE", "/api/consents", REVOKE)
    def revoke(asked: PhoneOnly) -> Json:
        """Revoke every consent given until now."""
        return end_consent(asked.phone, desk().statements)

    @routes.on("POST", "/api/contactability", ASK)
    def ask(asked: Question) -> Json:
        """May this number be called at this moment?

        Judged as a call without a campaign would be, on what is stored. It writes nothing; it is a
        POST because paths are logged and numbers are not to be. It takes an operator: who may ask
        about any number finds the one behind a mask by trying.
        """
        return ask_contactability(asked.phone, asked.purpose, desk().statements)


def _stated(stated: Stated) -> Response[str]:
    return json_answer(stated.body, CREATED if stated.new else OK)
