"""What browser tests tell a page in place of the system is what openapi.json promises."""

from __future__ import annotations

import pytest

from tests.browser import told
from tests.functional.operator_api.openapi_document import held

ANSWERS = {
    "/api/live": [
        told.live(),
        told.live(9, needs=6, stopped=True, waiting=3),
        told.live(300, people=40),
    ],
    "/api/attempts/attempt-9": [told.attempt()],
    "/api/needs": [told.needs(0), told.needs(14)],
    "/api/calls": [told.calls(0), told.calls(14)],
    "/api/calls/call-1": [told.call(), told.call(ended=False, name=None)],
    "/api/calls/call-1/effects": [told.effects()],
    "/api/visits/visit-7": [told.visit()],
    "/api/caller-numbers": [told.our_numbers()],
    "/api/campaigns/camp-1/preview": [told.PREVIEW],
    "/api/campaigns": [told.campaigns()],
    "/api/campaigns/camp-1": [told.campaign(), told.campaign("stopped")],
    "/api/campaigns/camp-1/progress": [told.PROGRESS],
    "/api/campaigns/camp-1/contacts": [told.contacts()],
    "/api/callbacks": [told.CALLBACKS],
    "/api/departments/support/message": [told.message("support"), told.message("billing")],
    "/api/limits": [told.LIMITS],
    "/api/audit": [told.AUDIT],
    "/api/figures": [
        told.figures("2026-08-01", "2026-08-07"),
        told.figures("2026-08-01", "2026-08-02", "hour"),
    ],
}


@pytest.mark.parametrize("path", ANSWERS)
def test_an_answer_of_the_browser_tests_could_be_one_of_the_api_s(path: str) -> None:
    for answer in ANSWERS[path]:
        held("GET", path, 200, answer)


def test_so_could_what_is_told_of_a_search() -> None:
    held("POST", "/api/calls/search", 200, told.found(14))


@pytest.mark.parametrize("reason", [None, "suppressed", "frequency_cap"])
def test_so_could_what_is_told_of_a_customer(reason: str | None) -> None:
    held("POST", "/api/contactability", 200, told.contactable(reason))
    held("POST", "/api/customers/story", 200, told.story(more=reason is None))
