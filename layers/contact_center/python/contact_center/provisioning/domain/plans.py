"""What is to be done so that what is there is what is wanted. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from contact_center.kernel.data_classes import dataclass
from contact_center.provisioning.domain.differences import (
    Difference,
    differences,
    said_besides,
)
from contact_center.provisioning.domain.marks import MARK, mark_on
from contact_center.provisioning.domain.objects import Reference, merged, resolved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from contact_center.provisioning.domain.objects import Found, Json, Kind, Wanted

NAME, PROVIDER = "name", "provider"


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
        besides: Paths of what it says and nobody wants, in fields that stay as they are.
        taken_away: The same in fields that differ: those are replaced whole.
    """

    wanted: Wanted
    found: Found | None
    differences: tuple[Difference, ...] = ()
    besides: tuple[str, ...] = ()
    taken_away: tuple[str, ...] = ()

    @property
    def action(self) -> Action:
        """What is done."""
        if self.found is None:
            return Action.MAKE
        return Action.CHANGE if self.differences else Action.KEEP

    @property
    def name_for_key(self) -> str | None:
        """The name by which it would be given the key in force, where nobody sees which it has.

        A key is never shown, and what was not made here, or has lost its mark, tells of none.
        None: its name tells, or it holds no key of ours.
        """
        wanted, found = self.wanted, self.found
        mark = mark_on(wanted.says_if_ours)
        if not wanted.secret or found is None or found.mark is not None or mark is None:
            return None
        return f"{MARK}/{mark.owner}" if _is_of_its_kind(wanted, found) else None

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
            changed = _fields(self.differences)
            if NAME in changed:  # another key, which goes where its fingerprint goes
                changed |= set(wanted.secret)
            sent = {
                name: merged(said.get(name), wanted.secret[name])
                if name in wanted.secret
                else said[name]
                for name in sorted(changed & (said.keys() | wanted.secret.keys()))
            }
        _check_resolved(sent)
        return {name: _said_within(value) for name, value in sent.items()}


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
    changed = _fields(differ)
    all_wanted = merged({**wanted.made_with, **said}, {**wanted.secret})
    besides = said_besides(all_wanted, found.says)
    return Step(
        wanted=wanted,
        found=found,
        differences=tuple(differ),
        besides=tuple(
            path for path in besides if _field(path) not in changed and found.mark is not None
        ),
        taken_away=tuple(path for path in besides if _field(path) in changed),
    )


def _fields(differ: Iterable[Difference]) -> set[str]:
    """The top-level fields in which an object differs; these are written whole."""
    return {_field(each.path) for each in differ}


def _field(path: str) -> str:
    return path.partition(".")[0]


def _said_within(value: Json) -> Json:
    """A value without the fields that say nothing: a field is replaced whole, so they go."""
    if isinstance(value, dict):
        return {name: _said_within(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_said_within(one) for one in value]
    return value


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
    if found is None or (found.mark is not None and _is_of_its_kind(wanted, found)):
        return {**wanted.says, **wanted.says_if_ours}
    return {**wanted.says}


def _is_of_its_kind(wanted: Wanted, found: Found) -> bool:
    """Whether it is what we would make: a number that Vapi has sold holds no token of Twilio's."""
    of = found.says.get(PROVIDER)
    return of is None or of == wanted.made_with.get(PROVIDER)


def _elsewhere(wanted: Wanted, found_of: Callable[[Kind], Sequence[Found]]) -> Sequence[Difference]:
    """What is wrong with another object, and mended by writing this one."""
    rule = wanted.also_while
    if rule is None:
        return ()
    field, wrong = next(iter(wanted.says)), []
    for one in found_of(rule.kind):
        said = str(one.says.get(rule.field) or "")
        if not _leads_to(said, rule.places):
            path = f"{field}.({rule.field} of the {rule.kind})"
            wrong.append(Difference(path, said, rule.instead))
        wrong += [
            Difference(f"{field}.({name} of the {rule.kind})", one.says[name], None)
            for name in rule.empty
            if one.says.get(name)
        ]
    return wrong


def _leads_to(address: str, places: Sequence[str]) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return any(parts.netloc == one or f".{host}".endswith(f".{one}") for one in places)


def _check_resolved(value: Json) -> None:
    if isinstance(value, Reference):
        raise KeyError(f"{value.kind} {value.key}")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _check_resolved(each)
