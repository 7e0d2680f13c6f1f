"""A route: who may ask, what it reads and what it tells, said once, served and described.

Models are named, `campaigns.CampaignWish`, and loaded when a body is to be read: a request without
one does not pay for pydantic. The OpenAPI document is made of the same words (tools/openapi.py).
"""

from __future__ import annotations

from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from contact_center.kernel.data_classes import dataclass
from operator_api.problems import json_answer
from operator_api.requests import json_body, media_type, no_body, raw_request, short_body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.aws.operator_list import Role

    type Require = Callable[[Role], None]
    type Serve = Callable[[Operation, Mapping[str, str]], None]
    type Handler = Callable[..., Response[str] | Mapping[str, object]]

OK, CREATED, ACCEPTED = 200, 201, 202
NOTHING, JSON, OPTIONAL_JSON, SHORT_JSON = "nothing", "json", "json, or nothing", "short json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for.

    Attributes:
        name: Of its own.
        tag: The group it is shown in.
        tells: By status, what an answer means and the model it is held to. The first is that of
            an answer for which the handler names none.
        role: The least role that may ask; None: anybody.
        knows_viewers: Anybody may ask, and a viewer is told more.
        reads: The model of the body.
        body: What the body may be; None: nobody looks at it.
        lists: Media types of a list that may come instead; the handler is then given None.
        query: The parameters it looks at.
        needs: Those of them it cannot do without.
        refuses: Statuses of problems besides those that follow from role and body.
        polled: It is asked again and again: it is sent small, and 304 where nothing changed.
    """

    name: str
    tag: str
    tells: Mapping[int, tuple[str, str]]
    role: Role | None = "operator"
    knows_viewers: bool = False
    reads: str | None = None
    body: str | None = None
    lists: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    refuses: tuple[int, ...] = ()
    polled: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """An operation where it is served."""

    method: str
    path: str
    operation: Operation
    handler: Handler


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes.

    Attributes:
        require: Raises ProblemError unless the request comes from that role.
        serve: Is told what is asked for, and the path's names, before anything else.
    """

    require: Require
    serve: Serve
    router: Router = field(default_factory=Router)
    known: list[Route] = field(default_factory=list)

    def on(self, method: str, path: str, operation: Operation) -> Callable[[Handler], Handler]:
        """Serve an operation: the handler is given the model that was read, and the path's names.

        What it returns is told with the operation's first status, unless it is a response.
        """

        def serve(handler: Handler) -> Handler:
            def served(**names: str) -> Response[str]:
                self.serve(operation, names)
                if operation.role is not None:
                    self.require(operation.role)
                told = handler(*self._asked(operation), **names)
                return told if isinstance(told, Response) else json_answer(told, status)

            status = next(iter(operation.tells))
            self.router.route(path, method=method)(served)
            self.known.append(Route(method, path, operation, handler))
            return handler

        return serve

    def _asked(self, operation: Operation) -> tuple[object, ...]:
        """The body as its model has it; nothing when the operation reads none."""
        if operation.body == NOTHING:
            no_body(self.router)
        if operation.reads is None:
            return ()
        if operation.body == SHORT_JSON:
            return (read_as(operation.reads, short_body(self.router)),)
        request = raw_request(self.router)
        if media_type(request) in operation.lists:
            return (None,)
        left_out = operation.body == OPTIONAL_JSON and not request.body.strip()
        return (read_as(operation.reads, {} if left_out else json_body(request, operation.lists)),)


def model_of(name: str) -> Any:  # noqa: ANN401 - a class of pydantic's, which is not loaded yet
    """The model of a name: `campaigns.CampaignWish` is in that room's api_models."""
    room, _, model = name.rpartition(".")
    module = f"contact_center.{room}.adapters.api_models" if room else "operator_api.api_models"
    return getattr(import_module(module), model)


def read_as(name: str, said: object) -> Any:  # noqa: ANN401 - an instance of that model
    """What a body says, as a model. Raises FieldError."""
    from contact_center.aws.api_fields import read  # noqa: PLC0415  when the first body comes

    return read(model_of(name), said)
