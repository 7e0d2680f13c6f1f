"""Every function of the template with its processes: how many, with what, and how urgent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from local.cloud.emulator import credentials
from local.cloud.handler_pool import HandlerPool
from local.cloud.handler_process import FunctionSettings, LogFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from local.cloud.children import Children
    from local.cloud.resources import Names
    from local.cloud.template_reader import Function, Template

# These spend their time waiting, a dialer for its slot, so they may have more processes than one
# that works all the time; and they have to be punctual.
WAITING = {"Dialer": 12}


def process_bounds(template: Template, each: int) -> dict[str, int]:
    """How many processes each function may have, by name.

    Args:
        template: Its mappings say how many executions of a function there may be at most; a
            machine has less room than AWS.
        each: The bound of a function that does not wait.
    """
    bounds = {name: WAITING.get(name, each) for name in template.functions}
    for mapping in template.queue_mappings:
        bound = bounds[mapping.function]
        bounds[mapping.function] = min(mapping.maximum_concurrency or bound, bound)
    return bounds


def make_pools(  # noqa: PLR0913 - what every function is made of
    names: Names,
    children: Children,
    *,
    each: int,
    least_timeout_seconds: float,
    log_folder: Path,
    told: Mapping[str, str],
    verbose: bool,
) -> dict[str, HandlerPool]:
    """A pool for each function, by name; no process is started before the first event.

    Args:
        names: The template's resources under their real names.
        children: Who starts and ends processes.
        each: Processes of a function that does not wait; see `process_bounds`.
        least_timeout_seconds: What a function that does not wait is given at least.
        log_folder: Where each function's output goes.
        told: Environment names that every function gets beside the template's.
        verbose: Whether the output goes to the terminal too.
    """
    template = names.template
    bounds = process_bounds(template, each)
    punctual = {route.function for route in template.routes} | set(WAITING)
    pools = {}
    for function in template.functions.values():
        settings = function_settings(
            function, names, told, background=function.name not in punctual
        )
        if function.name not in WAITING:
            longer = max(settings.timeout_seconds, least_timeout_seconds)
            settings = replace(settings, timeout_seconds=longer)
        log = LogFile(log_folder / f"{function.name}.log", echo=verbose)
        pools[function.name] = HandlerPool(settings, children, log, bounds[function.name])
    return pools


def function_settings(
    function: Function, names: Names, told: Mapping[str, str], *, background: bool = False
) -> FunctionSettings:
    """What a process of a function is started with; the arguments are those of `make_pools`."""
    evaluator = names.evaluator()
    return FunctionSettings(
        name=function.name,
        handler=function.handler,
        folder=function.folder,
        search_path=(function.folder, *function.layers),
        timeout_seconds=function.timeout_seconds,
        memory_mb=function.memory_mb,
        log_format=function.log_format,
        environment={
            **{name: evaluator.text(value) for name, value in function.environment.items()},
            **told,
            **credentials(),
            "AWS_ENDPOINT_URL": names.endpoint_url,
        },
        arn=names.attribute(function.name, "Arn"),
        read_only=names.template.built,
        background=background,
    )
