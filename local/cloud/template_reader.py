"""What template.yaml says, as plain dataclasses: the one truth about routes and mappings.

Read from the source template or from the one `sam build` leaves in .aws-sam/build: both name the
code relative to themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local.cloud.intrinsics import Evaluator, TemplateError, load_yaml
from local.cloud.timers import Schedule, next_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

LAMBDA_DEFAULTS = {"Timeout": 3, "MemorySize": 128}
_FUNCTION = "AWS::Serverless::Function"
_API = "AWS::Serverless::HttpApi"
# An alias of a function's, as its integration names it once it is evaluated.
_CALLED = re.compile(r".*/functions/(\w+)\.Alias/invocations")
_LAYER = "AWS::Serverless::LayerVersion"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as written, its functions not yet evaluated."""

    name: str
    kind: str
    properties: Mapping[str, object]
    metadata: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda function. `environment` is as written; paths are absolute."""

    name: str
    handler: str
    folder: Path
    layers: tuple[Path, ...]
    timeout_seconds: float
    memory_mb: int
    log_format: str
    environment: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the HTTP API."""

    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """The route key that the handler sees."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class QueueMapping:
    """One SQS event source mapping. `queue` is the logical name."""

    function: str
    queue: str
    batch_size: int
    window_seconds: int
    maximum_concurrency: int | None
    reports_failures: bool


@dataclass(frozen=True)
class Template:
    """Everything the local system needs to know of a template.

    `built` says that `sam build` wrote it: its code is an artefact, not a source tree.
    `defaults` are the parameters' values where no setting says another.
    """

    built: bool

    parameters: Mapping[str, str]
    defaults: Mapping[str, str]
    conditions: Mapping[str, object]
    resources: Mapping[str, Resource]
    functions: Mapping[str, Function]
    routes: tuple[Route, ...]
    queue_mappings: tuple[QueueMapping, ...]
    schedules: tuple[Schedule, ...]

    def evaluator(self, attribute: Callable[[str, str], str]) -> Evaluator:
        """Evaluates what is written in this template; see Evaluator."""
        return Evaluator(self.parameters, self.conditions, attribute)

    def of_kind(self, kind: str) -> list[Resource]:
        """The resources of one CloudFormation type."""
        return [resource for resource in self.resources.values() if resource.kind == kind]


def setting_name(parameter: str) -> str:
    """The environment name of a parameter: VapiWebhookAuth is VAPI_WEBHOOK_AUTH."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", parameter).upper()


def read_template(path: Path, settings: Mapping[str, str]) -> Template:
    """Read a template; `settings` (environment names) override the parameters' defaults.

    Raises TemplateError naming what cannot be read, or the setting that breaks a rule.
    """
    written = load_yaml(path)
    definitions = _mapping(written.get("Parameters"))
    parameters = {
        name: _parameter(name, _mapping(definition), settings)
        for name, definition in definitions.items()
    }
    defaults = {
        name: str(_mapping(definition).get("Default", ""))
        for name, definition in definitions.items()
    }
    conditions = _mapping(written.get("Conditions"))
    resources = {
        name: _resource(name, _mapping(definition))
        for name, definition in _mapping(written.get("Resources")).items()
    }
    # A reference to a resource is its logical name here: what mappings and layers ask for.
    evaluator = Evaluator(parameters, conditions, lambda resource, _: resource)
    reader = _Reader(path.parent.resolve(), evaluator, resources, written)
    functions = [item for item in resources.values() if item.kind == _FUNCTION]
    sources = _Sources([], [], [])
    for function in functions:
        reader.collect_sources(function, sources)
    for api in resources.values():
        if api.kind == _API:
            reader.collect_routes(api, sources)
    return Template(
        any("SamResourceId" in item.metadata for item in functions),
        parameters,
        defaults,
        conditions,
        resources,
        {item.name: reader.function(item) for item in functions},
        tuple(sources.routes),
        tuple(sources.queue_mappings),
        tuple(sources.schedules),
    )


@dataclass(frozen=True, slots=True)
class _Sources:
    routes: list[Route]
    queue_mappings: list[QueueMapping]
    schedules: list[Schedule]


class _Reader:
    """Reads functions and what starts them."""

    def __init__(
        self,
        root: Path,
        evaluator: Evaluator,
        resources: Mapping[str, Resource],
        written: Mapping[str, object],
    ) -> None:
        self._root = root
        self._evaluator = evaluator
        self._resources = resources
        self._defaults = _mapping(_mapping(written.get("Globals")).get("Function"))

    def function(self, resource: Resource) -> Function:
        """One function, with what Globals and Lambda itself add."""
        properties = {**LAMBDA_DEFAULTS, **self._defaults, **resource.properties}
        variables = {
            **_mapping(_mapping(self._defaults.get("Environment")).get("Variables")),
            **_mapping(_mapping(resource.properties.get("Environment")).get("Variables")),
        }
        logging = _mapping(properties.get("LoggingConfig"))
        return Function(
            name=resource.name,
            handler=str(properties["Handler"]),
            folder=self._root / str(properties["CodeUri"]),
            layers=tuple(self._layers(properties.get("Layers", []))),
            timeout_seconds=float(self._evaluator.text(properties["Timeout"])),
            memory_mb=int(self._evaluator.text(properties["MemorySize"])),
            log_format=str(logging.get("LogFormat", "Text")),
            environment=variables,
        )

    def collect_sources(self, resource: Resource, sources: _Sources) -> None:
        """Add what starts a function: routes, queues and timers."""
        for name, event in _mapping(resource.properties.get("Events")).items():
            kind = str(_mapping(event).get("Type"))
            properties = _mapping(self._evaluator.value(_mapping(event).get("Properties", {})))
            match kind:
                case "HttpApi":
                    sources.routes.append(_route(resource.name, properties))
                case "SQS" if properties.get("Enabled") is False:
                    continue
                case "SQS":
                    sources.queue_mappings.append(_queue_mapping(resource.name, properties))
                case "Schedule" | "ScheduleV2":
                    sources.schedules.append(_schedule(resource.name, name, properties))
                case _:
                    raise TemplateError(f"{resource.name}: no local source of type {kind}")

    def collect_routes(self, api: Resource, sources: _Sources) -> None:
        """Add the routes that an API names itself."""
        body = _mapping(api.properties.get("DefinitionBody"))
        for path, operations in _mapping(body.get("paths")).items():
            for method, operation in _mapping(operations).items():
                named = _mapping(_mapping(operation).get("x-amazon-apigateway-integration"))
                called = _CALLED.fullmatch(self._evaluator.text(named.get("uri")))
                if called is None:
                    raise TemplateError(f"{method} {path}: calls no alias of a function")
                sources.routes.append(_route(called[1], {"Method": method, "Path": path}))

    def _layers(self, written: object) -> list[Path]:
        folders = []
        for name in self._evaluator.list(written):
            layer = self._resources.get(str(name))
            if layer is None or layer.kind != _LAYER:
                raise TemplateError(f"{name} is not a layer of this template")
            content = self._root / str(layer.properties["ContentUri"])
            # A built layer has python/ in it; a source folder is what goes there.
            folders.append(content / "python" if (content / "python").is_dir() else content)
        return folders


def _route(function: str, properties: Mapping[str, object]) -> Route:
    method = str(properties.get("Method", "ANY")).upper()
    return Route(
        "ANY" if method == "X-AMAZON-APIGATEWAY-ANY-METHOD" else method,
        str(properties["Path"]),
        function,
    )


def _queue_mapping(function: str, properties: Mapping[str, object]) -> QueueMapping:
    concurrency = _mapping(properties.get("ScalingConfig")).get("MaximumConcurrency")
    kinds = properties.get("FunctionResponseTypes", [])
    return QueueMapping(
        function=function,
        queue=str(properties["Queue"]),
        batch_size=int(str(properties.get("BatchSize", 10))),
        window_seconds=int(str(properties.get("MaximumBatchingWindowInSeconds", 0))),
        maximum_concurrency=None if concurrency is None else int(str(concurrency)),
        reports_failures=isinstance(kinds, list) and "ReportBatchItemFailures" in kinds,
    )


def _schedule(function: str, name: str, properties: Mapping[str, object]) -> Schedule:
    expression = str(properties.get("Schedule", properties.get("ScheduleExpression")))
    next_after(expression, datetime(2000, 1, 1, tzinfo=UTC))  # a wrong one is told here
    return Schedule(function, name, expression, str(properties.get("Input", "{}")))


def _resource(name: str, definition: Mapping[str, object]) -> Resource:
    return Resource(
        name,
        str(definition.get("Type")),
        _mapping(definition.get("Properties")),
        _mapping(definition.get("Metadata")),
    )


def _parameter(name: str, definition: Mapping[str, object], settings: Mapping[str, str]) -> str:
    setting = setting_name(name)
    if setting not in settings:
        return str(definition.get("Default", ""))
    value = settings[setting]
    if definition.get("Type") == "Number":
        _check_number(setting, value, definition)
    allowed = definition.get("AllowedValues")
    if isinstance(allowed, list) and value not in {str(item) for item in allowed}:
        known = ", ".join(str(item) for item in allowed if item != "")
        raise TemplateError(f"{setting}: {value!r} is none of {known}{_or_empty(allowed)}")
    pattern = definition.get("AllowedPattern")
    # On loopback an address may be plain http, which the template rules out for AWS.
    checked = pattern is not None and not name.endswith("BaseUrl")
    if checked and not re.fullmatch(str(pattern), value):
        about = definition.get("Description", "")
        raise TemplateError(f"{setting}: {value!r} does not match {pattern} ({about})")
    return value


def _or_empty(allowed: Sequence[object]) -> str:
    return ", and not empty" if "" in allowed else ""


def _check_number(setting: str, value: str, definition: Mapping[str, object]) -> None:
    low, high = definition.get("MinValue"), definition.get("MaxValue")
    whole = re.fullmatch(r"[0-9]{1,9}", value) is not None
    low_enough = whole and (not isinstance(high, int) or int(value) <= high)
    if not (low_enough and (not isinstance(low, int) or int(value) >= low)):
        most = "" if high is None else f" to {high}"
        raise TemplateError(f"{setting}: {value!r} is no whole number from {low or 0}{most}")


def _mapping(written: object) -> Mapping[str, object]:
    if written is None:
        return {}
    if not isinstance(written, dict):
        raise TemplateError(f"a mapping was expected, not {written!r}")
    return written
