"""Look, plan, carry out and read back.

Every run begins by looking, so one that was broken off after any request is gone on with by the
next: what was made is found by its mark, or by its number, and what was half changed differs
still. Nothing is deleted, and nothing is renamed that we did not make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.provisioning.domain.plans import Action, Plan, match, step_of
from contact_center.provisioning.services.provisioning_ports import (
    ChangedMeanwhileError,
    MissingError,
    OthersError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.provisioning.domain.objects import Found, Kind, Reference, Wanted
    from contact_center.provisioning.domain.plans import Step
    from contact_center.provisioning.services.provisioning_ports import Account

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionParts:
    """What a run needs.

    Attributes:
        owner: Who we are (domain/marks.py).
        wanted: What is to be there, in the order in which it is written.
        accounts: Where objects of each kind are; all of them are looked at for marks of others.
        told: Hears of each step that was carried out.
    """

    owner: str
    wanted: Sequence[Wanted]
    accounts: Mapping[Kind, Account]
    told: Callable[[Step], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """What a run did.

    Attributes:
        done: The steps that were carried out.
        left: What is not as wanted although it was written: the other side changed it.
        ids: Of every object that is wanted and there, by kind and key.
    """

    done: tuple[Step, ...]
    left: tuple[Step, ...]
    ids: Mapping[tuple[Kind, str], str]


def plan(parts: ProvisionParts) -> Plan:
    """What is to be done; nothing is written.

    Raises:
        OthersError: An object carries another owner's mark.
        MissingError: One is not there, and its owner has to make it.
        ProvisioningError: A provider does not answer, or refuses.
    """
    return _plan(Survey(parts))


def carry_out(shown: Plan, parts: ProvisionParts) -> Provisioned:
    """Do what a plan says, and read back what was written.

    Raises:
        ChangedMeanwhileError: What is there has changed since the plan was made.
        OutOfTimeError: Broken off between two requests.
        ProvisioningError: As of `plan`; InDoubtError: the request may have been obeyed.
    """
    survey = Survey(parts)
    if _plan(survey).steps != shown.steps:
        raise ChangedMeanwhileError(
            "what is there has changed since the plan was shown: nothing was written, look again"
        )
    done = []
    for wanted in parts.wanted:
        step = survey.step(wanted)
        if step.action is not Action.KEEP:
            survey.write(step)
            done.append(step)
            parts.told(step)
    if done:
        survey = Survey(parts, survey.written)
    after = _plan(survey)
    return Provisioned(done=tuple(done), left=after.changes, ids=survey.ids)


def _plan(survey: Survey) -> Plan:
    survey.look_for_others()
    steps = tuple(survey.step(wanted) for wanted in survey.parts.wanted)
    for step in steps:
        if step.found is None and not step.wanted.may_make:
            known = ", ".join(step.wanted.known_by)
            raise MissingError(
                f"there is no {step.wanted.kind} with this {known}: set the right one, or make it"
            )
    return Plan(steps=steps, left_over=survey.left_over())


class Survey:
    """What is there, looked up once for each kind unless it was disturbed since.

    What its methods raise is as of `plan`.
    """

    def __init__(self, parts: ProvisionParts, written: Sequence[Found] = ()) -> None:
        """Keep the parts; nothing is looked up yet.

        Args:
            parts: What a run needs.
            written: What was written a moment ago, as it was told then; a list may lag behind it.
        """
        self.parts = parts
        self.written = [*written]
        self._found: dict[Kind, list[Found]] = {}

    def found(self, kind: Kind) -> list[Found]:
        """All of a kind that is there."""
        if kind not in self._found:
            listed = list(self.parts.accounts[kind].found(kind))
            known = {one.id for one in listed}
            self._found[kind] = [
                *listed,
                *(one for one in self.written if one.kind is kind and one.id not in known),
            ]
        return self._found[kind]

    def look_for_others(self) -> None:
        """Raises OthersError where anything carries another owner's mark."""
        others = [
            one
            for kind in self.parts.accounts
            for one in self.found(kind)
            if one.mark is not None and one.mark.owner != self.parts.owner
        ]
        if others:
            named = ", ".join(
                f"{one.kind} {one.id} of {one.mark.owner}"
                for one in others[:_MOST_NAMED]
                if one.mark is not None
            )
            raise OthersError(
                f"{len(others)} objects here are another stack's ({named}), and we are "
                f"{self.parts.owner}: nothing was written. Give each stack an account of its own, "
                "or set PROVISION_NAME to that name if it is this very stack"
            )

    def step(self, wanted: Wanted) -> Step:
        """What is to be done about one object."""
        return step_of(wanted, self.parts.owner, self.found, self._id_of)

    def write(self, step: Step) -> None:
        """Carry a step out, and remember what is there then."""
        kind, account = step.wanted.kind, self.parts.accounts[step.wanted.kind]
        body = step.body(self._id_of)
        if step.found is None:
            written = account.make(kind, body)
        else:
            written = account.change(kind, step.found.id, body)
        self.written = [*(one for one in self.written if one.id != written.id), written]
        others = [one for one in self.found(kind) if one.id != written.id]
        self._found[kind] = [*others, written]
        for disturbed in step.wanted.disturbs:
            self._found.pop(disturbed, None)

    def left_over(self) -> tuple[Found, ...]:
        """What is ours and wanted no more."""
        used = {(kind, object_id) for (kind, _), object_id in self.ids.items()}
        return tuple(
            one
            for kind in self.parts.accounts
            for one in self.found(kind)
            if one.mark is not None and (kind, one.id) not in used
        )

    @property
    def ids(self) -> dict[tuple[Kind, str], str]:
        """Of what is wanted and there, by kind and key."""
        known = {}
        for wanted in self.parts.wanted:
            found = match(wanted, self.parts.owner, self.found(wanted.kind))
            if found is not None:
                known[wanted.kind, wanted.key] = found.id
        return known

    def _id_of(self, reference: Reference) -> str | None:
        for wanted in self.parts.wanted:
            if (wanted.kind, wanted.key) == (reference.kind, reference.key):
                found = match(wanted, self.parts.owner, self.found(wanted.kind))
                return None if found is None else found.id
        raise KeyError(f"{reference.kind} {reference.key} is named and not wanted")
