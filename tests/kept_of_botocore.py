"""What botocore works out anew for each client, kept for all clients of a process of tests.

A Lambda makes its clients once; tests make thousands, and each would read the service's model into
objects, make its methods, parse its endpoints' rules, and make a TLS context for loopback. None of
that differs between two clients of a service. What may differ stays a client's own: events,
credentials, limits, connections.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore import httpsession, regions, useragent
from botocore.client import ClientCreator
from botocore.hooks import EVENT_ALIASES, EventAliaser, NodeList


def keep_what_is_alike() -> None:
    """From now on, in this process."""
    creator: Any = ClientCreator
    creator._load_service_model = _kept(creator._load_service_model)
    creator._create_client_class = _kept(creator._create_client_class)
    httpsession.create_urllib3_context = cache(httpsession.create_urllib3_context)
    of_regions: Any = regions
    of_regions.EndpointProvider = _Providers(of_regions.EndpointProvider)
    words: Any = useragent  # each request says anew who asks, a letter at a time
    words.sanitize_user_agent_string_component = cache(words.sanitize_user_agent_string_component)
    _share_aliases()
    lists: Any = NodeList  # who hears of what: each client copies hundreds, of three lists each
    lists.__copy__ = lambda heard: NodeList(heard.first[:], heard.middle[:], heard.last[:])


def _kept(make: Any) -> Any:
    """A method of a creator whose answer depends on a service alone."""
    known: dict[str, Any] = {}

    def kept(creator: ClientCreator, service_name: str, *rest: Any, **named: Any) -> Any:
        if service_name not in known:
            known[service_name] = make(creator, service_name, *rest, **named)
        return known[service_name]

    return kept


class _Providers:
    """Makes the provider of a service's endpoints once; the rules are those a loader has kept."""

    def __init__(self, make: Any) -> None:
        self._make = make
        self._known: dict[int, tuple[Any, Any]] = {}

    def __call__(self, ruleset_data: Any, **named: Any) -> Any:
        rules, provider = self._known.get(id(ruleset_data), (None, None))
        if rules is not ruleset_data:
            provider = self._make(ruleset_data=ruleset_data, **named)
            self._known[id(ruleset_data)] = (ruleset_data, provider)
        return provider


def _share_aliases() -> None:
    """Today's name of an event, of a hundred that had another one once."""
    made, names = EventAliaser.__init__, dict[str, str]()

    def init(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        made(self, event_emitter, event_aliases)
        if self._event_aliases == EVENT_ALIASES:
            self._alias_name_cache = names

    vars_of: Any = EventAliaser
    vars_of.__init__ = init
