"""What was found at Vapi and Twilio, judged. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.provisioning.domain.plan_text import difference_lines
from contact_center.provisioning.domain.plans import Action, Step
from tools.doctor.lines import Finding, cannot_tell, ok, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.provisioning.domain.differences import Difference

PROVISION = "make provision{env} shows the difference and mends it (docs/provisioning.md)"
SHORTEST_KEY = 24  # letters; the one that a stack makes up has 48
_PLAN, _WHO = "server.backoffPlan", ("assistantId", "squadId", "workflowId")
_QUEUED_MS = 1_500  # at Twilio; a call that had to wait for its second waits no less


def judged_key(known: str, name: str, refused: str | None, where: str) -> Finding:
    """A key of a provider's.

    Args:
        known: The key; "" where there is none.
        name: Whose it is.
        refused: What the provider says of it; None: it was taken.
        where: What to set it by.
    """
    if not known:
        return wrong(f"there is no key for {name}", f"put it into {where}")
    if refused is not None:
        return wrong(refused, f"put the right one into {where}")
    return ok(f"{name} takes it")


def judged_webhook_key(current: str, previous: str, where: str) -> Finding:
    """The key that signs webhooks, and the one before it."""
    if not current:
        return wrong("there is none: no webhook is taken", f"put one into {where}")
    if len(current) < SHORTEST_KEY:
        return wrong(
            f"it has {len(current)} letters and could be guessed",
            f"put one of {SHORTEST_KEY} or more into {where} "
            "(docs/operations.md#turn-the-webhooks-key)",
        )
    if previous:
        return ok("long enough; the one before it is taken as well until you take it away")
    return ok("long enough, and alone")


def judged_step(step: Step | None, what: str, env: str) -> Finding:
    """One object, whole; None: none is wanted."""
    return _judged([] if step is None else [step], what, env, lambda _: True)


def judged_steps(steps: Sequence[Step], what: str, env: str) -> Finding:
    """Several objects, whole."""
    return _judged(steps, what, env, lambda _: True)


def judged_server(step: Step, env: str) -> Finding:
    """The number's server, but for its plan, and who answers there."""
    return _judged(
        [step], "the number's server", env, lambda one: not _of_plan(one) and not _of_who(one)
    )


def judged_plan(step: Step, env: str) -> Finding:
    """What the number's server does about webhooks that were not taken."""
    server = {} if step.found is None else step.found.says.get("server") or {}  # it may be null
    if step.found is not None and not server.get("backoffPlan"):
        return wrong(
            "there is none: nothing that is not taken is ever sent again",
            PROVISION.format(env=env),
        )
    return _judged([step], "the plan", env, _of_plan)


def judged_who(step: Step, env: str) -> Finding:
    """That no assistant on the number answers in place of us."""
    found = _judged([step], "the number", env, _of_who)
    if step.found is not None and not found.shown:
        return ok("the number asks us who answers")
    return found


def judged_properties(step: Step | None, env: str) -> Finding:
    """Our properties at HubSpot."""
    return judged_step(step, "our properties", env)


def _of_plan(one: Difference) -> bool:
    return one.path.startswith(_PLAN)


def _of_who(one: Difference) -> bool:
    return one.path in _WHO


def _judged(
    steps: Sequence[Step], what: str, env: str, counts: Callable[[Difference], bool]
) -> Finding:
    mend = PROVISION.format(env=env)
    if not steps:
        return ok("not used here")
    missing = [step for step in steps if step.action is Action.MAKE]
    if missing:
        named = ", ".join(f"{step.wanted.kind} {step.wanted.key}".strip() for step in missing)
        if not all(step.wanted.may_make for step in missing):
            return wrong(
                f"there is no such {missing[0].wanted.kind} in the account",
                "set the right number and account, then " + mend,
            )
        return wrong(f"not there: {named}", mend)
    shown: list[str] = []
    for step in steps:
        counted = [one for one in step.differences if counts(one)]
        if counted:
            told = Step(wanted=step.wanted, found=step.found, differences=tuple(counted))
            if len(steps) > 1:
                shown.append(f"{step.wanted.kind} {step.wanted.key}")
            shown += difference_lines(told)
    if shown:
        return wrong(f"{what} differs from what is set", mend, shown)
    return ok(f"{what} is as set" if len(steps) == 1 else f"{len(steps)} as configured")


def judged_lines(allowed: int | None, refused: int, wanted: int) -> Finding:
    """How many calls at once Vapi allows, against CALL_LINES.

    Args:
        allowed: As its latest answer to a POST /call said; None: there was none lately.
        refused: How many of the latest calls ended for it.
        wanted: CALL_LINES.
    """
    buy = "set CALL_LINES to what Vapi allows (dashboard, Billing), or buy lines there"
    if allowed is not None and allowed < wanted:
        return wrong(f"Vapi allows {allowed} calls at once, CALL_LINES is {wanted}", buy)
    if refused:
        return wrong(f"{refused} of the latest calls were refused for want of a line", buy)
    if allowed is None:
        return cannot_tell(
            f"Vapi says it in its answers to calls of ours alone; CALL_LINES is {wanted}",
            "look at the dashboard, Billing; or dial once (make accept) and ask again",
        )
    return ok(f"Vapi allows {allowed} calls at once, CALL_LINES is {wanted}")


def judged_rate(per_second: float, queued_ms: Sequence[int] | None) -> Finding:
    """How many calls a second Twilio takes, against ACCOUNT_CALLS_PER_SECOND.

    Args:
        per_second: The setting.
        queued_ms: How long each of the latest calls waited at Twilio; None: it is not asked.
    """
    lower = "lower ACCOUNT_CALLS_PER_SECOND, or ask Twilio for more (Console, Voice, Settings)"
    late = [one for one in queued_ms or () if one > _QUEUED_MS]
    if late:
        return wrong(
            f"{len(late)} of {len(queued_ms or ())} calls waited at Twilio, at worst "
            f"{max(late) / 1000:.0f} s: it takes fewer than {per_second:g} a second",
            lower,
        )
    if per_second <= 1:
        return ok("1 call a second, which every account has")
    if queued_ms:
        return ok(f"{per_second:g} calls a second; none of {len(queued_ms)} waited at Twilio")
    return cannot_tell(
        f"ACCOUNT_CALLS_PER_SECOND is {per_second:g}; Twilio tells its limit to nobody, and no "
        "call of ours shows it",
        "compare with Console, Voice, Settings; then run this after some calls",
    )
