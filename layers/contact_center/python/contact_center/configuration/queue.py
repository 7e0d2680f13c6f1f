"""What [queue] must agree on with the other files, and its compiled form. Tools only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contact_center.configuration.hours import SPOKEN_PLACEHOLDERS, filled, unfilled_mistakes
from contact_center.configuration.placeholders import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.configuration.hours_toml import ClosedToml
    from contact_center.configuration.queue_toml import DepartmentQueueToml, QueueToml
    from contact_center.configuration.toml import OwnerConfig

FILE = "policy.toml"
FIGURES = (
    *("weight", "most_waiting", "longest_wait_minutes"),
    *("ladder", "ring_at_once", "keeps_places"),
)
INSTEAD = ("full", "too_long", "nobody")
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]*)\s*\}\}")
_UNFILLED = re.compile(r"\{\{\s*([\w.]*)")


def queue_mistakes(config: OwnerConfig) -> Iterator[str]:
    """Every rule for queues that is broken, one line each, with file and key.

    Args:
        config: The files, each right by itself.
    """
    keys = {each.key for each in config.departments.departments}
    yield from _mistakes(f"{FILE}: queue", config.queue)
    texts = config.queue.call_back.texts
    for name, said in (("opening", texts.opening), ("cut_off", texts.cut_off)):
        yield from unfilled_mistakes(f"{FILE}: queue.call_back.texts.{name}", said)
    for key, own in config.queue.departments.items():
        where = f"{FILE}: queue.departments.{key}"
        if key not in keys:
            yield f"{where}: no department has that key; there are {', '.join(sorted(keys))}"
        yield from _mistakes(where, own)


def compiled_queue(config: OwnerConfig, areas: list[str], *, test_numbers: bool) -> dict[str, Any]:
    """The queues' rules as `compiled_config` reads them: each department's own are whole.

    Args:
        config: The files.
        areas: Codes of the areas in which somebody can be called back.
        test_numbers: Whether numbers of test ranges may be called.
    """
    queue, values = config.queue, placeholders(config)
    return {
        "patience_seconds": queue.patience_seconds,
        "recent_minutes": queue.recent_minutes,
        "music": None if queue.music is None else queue.music.model_dump(),
        "texts": queue.texts.model_dump(),
        "sorry": queue.sorry.model_dump(),
        "call_back": _call_back(queue, values)
        | {"areas": " ".join(areas), "test_numbers": test_numbers},
        "company": _compiled(queue, None, values),
        "departments": {
            key: _compiled(queue, own, values) for key, own in queue.departments.items()
        },
    }


def _call_back(queue: QueueToml, values: Mapping[str, str]) -> dict[str, Any]:
    said = queue.call_back.model_dump()
    return said | {"texts": {name: filled(text, values) for name, text in said["texts"].items()}}


def _mistakes(where: str, own: QueueToml | DepartmentQueueToml) -> Iterator[str]:
    for name in INSTEAD:
        instead: ClosedToml | None = getattr(own, name)
        said = "" if instead is None else instead.say
        for unknown in sorted(set(_UNFILLED.findall(said)) - SPOKEN_PLACEHOLDERS):
            known = ", ".join(sorted(SPOKEN_PLACEHOLDERS))
            yield f"{where}.{name}.say: {{{{{unknown}}}}} is not known here; {known} are"


def _compiled(
    queue: QueueToml, own: DepartmentQueueToml | None, values: Mapping[str, str]
) -> dict[str, Any]:
    def of(name: str) -> Any:  # noqa: ANN401 - a figure or a table
        said = getattr(own, name, None)
        return getattr(queue, name) if said is None else said

    return {name: of(name) for name in FIGURES} | {
        name: {
            "action": of(name).action,
            "say": _PLACEHOLDER.sub(lambda found: values[found[1]], of(name).say),
            "number": of(name).number,
        }
        for name in INSTEAD
    }
