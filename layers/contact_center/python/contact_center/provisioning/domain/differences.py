"""How what is there differs from what is wanted. Pure.

Only what is wanted is compared: providers fill in what was not said. What an object says besides
is told as such. Nothing said and nothing wanted are the same, whether it is null, empty or absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.provisioning.domain.objects import Json

# What providers say of every object of theirs.
THEIRS = frozenset(
    {"id", "orgId", "createdAt", "updatedAt", "latestVersion", "isServerUrlSecretSet", "status"}
)
_NOTHING: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which an object is not as wanted: `path` with dots, None for nothing there."""

    path: str
    there: Json
    wanted: Json


def differences(wanted: Mapping[str, Json], there: Mapping[str, Json]) -> tuple[Difference, ...]:
    """Every place in which an object does not say what is wanted."""
    return tuple(_in_objects(wanted, there, ""))


def said_besides(wanted: Mapping[str, Json], there: Mapping[str, Json]) -> tuple[str, ...]:
    """Paths of what an object says and nobody wants; what every object says is left out."""
    there = {name: value for name, value in there.items() if name not in THEIRS}
    return tuple(_besides(wanted, there, ""))


def _in_objects(
    wanted: Mapping[str, Json], there: Mapping[str, Json], path: str
) -> Iterator[Difference]:
    for name, value in wanted.items():
        yield from _in_values(value, there.get(name), f"{path}{name}")


def _in_values(wanted: Json, there: Json, path: str) -> Iterator[Difference]:
    if isinstance(wanted, dict) and wanted and isinstance(there, dict):
        yield from _in_objects(wanted, there, f"{path}.")
    elif _are_lists_of_objects(wanted, there):
        for number, (one, other) in enumerate(zip(wanted, there, strict=True)):
            yield from _in_values(one, other, f"{path}.{number}")
    elif not _same(wanted, there):
        yield Difference(path, there, wanted)


def _are_lists_of_objects(wanted: Json, there: Json) -> bool:
    """Lists as long as each other, of objects: compared one by one."""
    if not isinstance(wanted, list) or not isinstance(there, list) or len(wanted) != len(there):
        return False
    return bool(wanted) and all(isinstance(one, dict) for one in [*wanted, *there])


def _same(wanted: Json, there: Json) -> bool:
    if wanted in _NOTHING:
        return there in _NOTHING and not isinstance(there, bool)
    if isinstance(wanted, bool) or isinstance(there, bool):  # to Python true is 1
        return wanted is there
    return bool(wanted == there)


def _besides(wanted: Json, there: Json, path: str) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(there, dict):
        for name, value in there.items():
            if name not in wanted:
                if value not in _NOTHING:
                    yield f"{path}{name}"
            else:
                yield from _besides(wanted[name], value, f"{path}{name}.")
    elif _are_lists_of_objects(wanted, there):
        for number, (one, other) in enumerate(zip(wanted, there, strict=True)):
            yield from _besides(one, other, f"{path}{number}.")
