"""What is to be done so that what is there is what is wanted. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.provisioning.domain.differences import (
    Difference,
    differences,
    said_besides,
)
from contact_center.provisioning.domain.objects import Reference, merged, resolved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.provisioning.domain.objects import Found, Json, Kind, Wanted

NAME = "name"


class Action(StrEnum):
    """What is done about an object."""

    MAKE = "make"
    CHANGE = "change"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done about one object that is wanted.

    Attributes:
        found: The object as it is; None: there is none.
        differences: In what it is not as wanted.
        besides: Paths of what it says and nobody wants: told, never taken away.
    """

    wanted: Wanted
    found: Found | None
    differences: tuple[Difference, ...] = ()
    besides: tuple[str, ...] = ()

    @property
    def action(self) -> Action:
        """What is done."""
        if self.found is None:
            return Action.MAKE
        return Action.CHANGE if self.differences else Action.KEEP

    def body(self, id_of: Callable[[Reference], str | None]) -> dict[str, Json]:
        """What is sent: all to make it; of what is there, whole top-level fields that differ.

        Raises KeyError: an object that it names is not there.
        """
        wanted = self.wanted
        said: dict[str, Json] = resolved(_said(wanted, self.found), id_of)
        sent: dict[str, Json]
        if self.found is None:
            said = {name: value for name, value in said.items() if value is not None}
            sent = merged(merged({**wanted.made_with}, said), {**wanted.secret})
        else:
            changed = {each.path.partition(".")[0] for each in self.differences}
            if NAME in changed:  # another key, which goes where its fingerprint goes
                changed |= set(wanted.secret)
            sent = {
                name: merged(said.get(name), wanted.secret[name])
                if name in wanted.secret
                else said[name]
                for name in sorted(changed & (said.keys() | wanted.secret.keys()))
            }
        _check_resolved(sent)
        return sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is to be done.

    Attributes:
        left_over: Objects of ours that nobody wants any more: told, never deleted.
    """

    steps: tuple[Step, ...]
    left_over: tuple[Found, ...] = ()

    @property
    def changes(self) -> tuple[Step, ...]:
        """The steps that write."""
        return tuple(step for step in self.steps if step.action is not Action.KEEP)


def step_of(
    wanted: Wanted,
    owner: str,
    found_of: Callable[[Kind], Sequence[Found]],
    id_of: Callable[[Reference], str | None],
) -> Step:
    """What is to be done about one object.

    Args:
        wanted: The object.
        owner: Who we are.
        found_of: What there is of a kind.
        id_of: The id of an object that is wanted; None: it is not there yet.
    """
    found = match(wanted, owner, found_of(wanted.kind))
    if found is None:
        return Step(wanted=wanted, found=None)
    said = resolved(_said(wanted, found), id_of)
    differ = [*differences(said, found.says), *_elsewhere(wanted, found_of)]
    ours = found.mark is not None
    besides = said_besides({**wanted.made_with, **said}, found.says) if ours else ()
    return Step(wanted=wanted, found=found, differences=tuple(differ), besides=besides)


def match(wanted: Wanted, owner: str, found: Sequence[Found]) -> Found | None:
    """The object that a wanted one is; of several the oldest, always the same."""
    if wanted.known_by:
        fit = [one for one in found if _is_known(one, wanted.known_by)]
    else:
        fit = [
            one
            for one in found
            if one.mark is not None
            and one.mark.owner == owner
            and (wanted.whatever_key or one.mark.key == wanted.key)
        ]
    return min(fit, key=lambda one: (one.made_at, one.id), default=None)


def _is_known(found: Found, by: Mapping[str, str]) -> bool:
    said = {**found.says, "id": found.id}
    return all(str(said.get(name, "")).lower() == value.lower() for name, value in by.items())


def _said(wanted: Wanted, found: Found | None) -> dict[str, Json]:
    if found is None or found.mark is not None:
        return {**wanted.says, **wanted.says_if_ours}
    return {**wanted.says}


def _elsewhere(wanted: Wanted, found_of: Callable[[Kind], Sequence[Found]]) -> Sequence[Difference]:
    """What is wrong with another object, and mended by writing this one."""
    rule = wanted.also_while
    if rule is None:
        return ()
    said = [str(one.says.get(rule.field) or "") for one in found_of(rule.kind)]
    path = f"{next(iter(wanted.says))}.({rule.field} of the {rule.kind})"
    return [Difference(path, one, rule.instead) for one in said if one.startswith(rule.begins)]


def _check_resolved(value: Json) -> None:
    if isinstance(value, Reference):
        raise KeyError(f"{value.kind} {value.key}")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _check_resolved(each)
