"""The one table of what is written down, held against the routes that are served."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.audit.domain.actions import ACTIONS, Kind
from operator_api.asking import Asking
from operator_api.resources.every_route import every_route
from operator_api.routes import model_of


class Nothing:
    """Parts that nobody asks for anything."""

    def __getattr__(self, _: str) -> None:
        return None


PARTS: Any = Nothing()
TOKENS: Any = None
ASKED_BY_BODY = {"askContactability", "searchCalls", "readStory"}
BY_ANYBODY = {"logIn", "logOut"}
ROUTES = {one.operation.name: one for one in every_route(PARTS, Asking(TOKENS, TOKENS)).known}


def test_every_route_has_its_line_and_every_line_its_route() -> None:
    assert set(ACTIONS) == set(ROUTES)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_what_is_no_get_is_a_change_unless_it_is_known_to_change_nothing(name: str) -> None:
    route, line = ROUTES[name], ACTIONS[name]
    if route.method != "GET" and name not in ASKED_BY_BODY:
        assert line.kind in {Kind.CHANGE, Kind.EXPORT, Kind.LISTEN}  # whatever came of it
        assert route.operation.role == "operator" or name in BY_ANYBODY
    else:
        assert line.kind is not Kind.CHANGE
    assert (line.on == "") is (line.kind is Kind.NONE)


def test_what_stops_calls_is_told_apart() -> None:
    assert {name for name, line in ACTIONS.items() if line.stops} == {
        "stopDialing",
        "suppress",
        "revokeConsent",
        "pauseCampaign",
        "cancelCampaign",
        "cancelAttempt",
        "withdrawContacts",
        "giveUpCallback",
        "logOut",
    }


@pytest.mark.parametrize("name", sorted(name for name, line in ACTIONS.items() if line.made))
def test_what_names_a_made_thing_is_a_field_of_the_answer(name: str) -> None:
    [(_, model), *_] = ROUTES[name].operation.tells.values()
    fields = model_of(model).model_json_schema()["properties"]
    assert ACTIONS[name].made in fields


def test_an_answer_with_a_number_or_a_link_is_of_a_route_that_is_written_down() -> None:
    """By the document's own words: where it says masked or E.164, somebody may be shown."""
    shown = set()
    for name, route in ROUTES.items():
        for _, model in route.operation.tells.values():
            schema = str(model_of(model).model_json_schema())
            words = ("E.164", "asked for viewers", "customerNumber", "'format': 'uri'")
            if any(word in schema for word in words):
                shown.add(name)
    ours = {
        "showSession",
        "listPeople",
        "showPerson",
        "listCallerNumbers",
        "listCampaigns",
        "showCampaign",
    }
    assert {name for name in shown if ACTIONS[name].kind is Kind.NONE} <= ours
