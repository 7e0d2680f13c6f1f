"""Wrong designs that only a judge with a truth of its own can see: what people said is ignored."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from contact_center.campaigns.domain import campaigns, contacts
from contact_center.campaigns.domain.campaigns import CampaignEvent
from contact_center.campaigns.services import (
    call_back,
    change_campaign,
    finish_attempt,
    look_at_campaign,
)
from contact_center.campaigns.services.change_campaign import StopCampaigns
from contact_center.conversations.services import follow_call
from contact_center.dialing.domain import attempt_steps, due_attempts
from contact_center.dialing.domain.attempt_steps import TABLE
from contact_center.dialing.domain.dial_attempts import (
    AttemptState,
    DialAttempt,
    NothingFound,
)
from contact_center.dialing.domain.dial_circumstances import CampaignGate, Customer
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.domain.due_attempts import Work
from contact_center.dialing.domain.pacing import PaceLimits, Timetable
from contact_center.dialing.services import reconcile_attempts, record_post, settle_attempt
from contact_center.dialing.services.record_post import NotPosted
from contact_center.permission.domain import contactability
from contact_center.triggers.services import state_permission, trigger_call
from contact_center.triggers.services.trigger_answers import KeyInUse
from contact_center.triggers.services.trigger_ports import TriggerEntry
from tests.simulation import operators
from tests.simulation.campaign_ports import WatchedPermissions
from tests.simulation.load import MINUTE_MS, Load
from tests.simulation.planted_bug import Planted
from tests.simulation.world import Faults

if TYPE_CHECKING:
    import pytest

    from contact_center.permission.domain.permission import Permission


# -- who may be called when ------------------------------------------------------------------


def ignoring(patch: pytest.MonkeyPatch, *reasons: str) -> None:
    """Contactability that never denies for these reasons."""
    for name in ("_never", "_not_yet"):
        real = getattr(contactability, name)

        def wrong(case: Any, real: Any = real) -> Any:
            reason = real(case)
            return None if reason in reasons else reason

        patch.setattr(contactability, name, wrong)


def consent_ignored(patch: pytest.MonkeyPatch) -> None:
    """Nobody needs to have agreed."""
    ignoring(patch, "no_consent", "consent_revoked")


def opt_outs_ignored(patch: pytest.MonkeyPatch) -> None:
    """Our own do-not-call list is kept, and not asked."""
    ignoring(patch, "suppressed")


def hours_ignored(patch: pytest.MonkeyPatch) -> None:
    """People are called at any time of the day."""
    ignoring(patch, "outside_window", "holiday")


def caps_ignored(patch: pytest.MonkeyPatch) -> None:
    """People are called as often as anybody likes."""
    ignoring(patch, "frequency_cap")


def suppressed_on_paper(patch: pytest.MonkeyPatch) -> None:
    """An opt-out is answered, and written nowhere."""
    patch.setattr(
        state_permission, "suppress", lambda number, _source, _at, store: store.read(number)
    )


# -- operators -------------------------------------------------------------------------------


def stopped_on_paper(patch: pytest.MonkeyPatch) -> None:
    """The one switch is answered, and set nowhere."""
    patch.setattr(operators, "stop_dialing", lambda _parts: None)


def _unchanged_by(patch: pytest.MonkeyPatch, event: CampaignEvent) -> None:
    real = change_campaign._change

    def wrong(name: str, what: CampaignEvent, reason: str, parts: Any) -> Any:
        if what is event:
            return change_campaign.read_campaign(name, parts)
        return real(name, what, reason, parts)

    patch.setattr(change_campaign, "_change", wrong)


def paused_on_paper(patch: pytest.MonkeyPatch) -> None:
    """A pause is answered, and the campaign runs on."""
    _unchanged_by(patch, CampaignEvent.PAUSE)


def cancelled_on_paper(patch: pytest.MonkeyPatch) -> None:
    """A campaign that was cancelled runs on."""
    _unchanged_by(patch, CampaignEvent.CANCEL)


def ended_on_paper(patch: pytest.MonkeyPatch) -> None:
    """A call may leave until somebody has written down that its campaign is over."""
    patch.setattr(CampaignGate, "open_at", lambda gate, _civil_ms: gate.running)


# -- brakes ----------------------------------------------------------------------------------


def refused_and_posted_again(patch: pytest.MonkeyPatch) -> None:
    """A call that is refused is asked for again until it is taken."""

    def wrong(attempt: DialAttempt, refused: Any, parts: Any, _brake: Any) -> None:
        record_post.withdraw(attempt, NotPosted(refused.reason, 30_000), parts)

    patch.setattr(record_post, "_refused", wrong)


def configuration_never_stops(patch: pytest.MonkeyPatch) -> None:
    """Every call fails for one reason, and the campaign goes on."""
    patch.setattr(StopCampaigns, "stop", lambda *_given: None)


def breaker_never_breaks(patch: pytest.MonkeyPatch) -> None:
    """Call after call fails, and the campaign goes on."""
    patch.setattr(look_at_campaign, "breaks", lambda *_given: False)


def a_day_of_24_clock_hours(patch: pytest.MonkeyPatch) -> None:
    """The daily cap looks back at 24 hours of the clock, the one under way among them."""
    patch.setattr(campaigns, "_HOURS_KEPT", 24)


def staggers_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Folding the log forgets a campaign's last call once it is a second old."""
    real = Timetable.folded

    def wrong(self: Timetable, newest_ms: int) -> Timetable:
        kept = real(self, newest_ms)
        recent_ms = kept.floor_ms - self.limits.span_ms
        forgetful = Timetable(self.limits, kept.floor_ms)
        for slot in kept.slots:
            if slot.at_ms > recent_ms:
                forgetful.add(slot)
        return forgetful

    patch.setattr(Timetable, "folded", wrong)


# -- in time ---------------------------------------------------------------------------------


def not_sent_and_put_off(patch: pytest.MonkeyPatch) -> None:
    """What was not sent waits for two hours."""
    patch.setattr(
        record_post,
        "_not_posted",
        lambda _attempt, outcome, _parts: NotPosted(outcome.reason, 120 * MINUTE_MS),
    )


def expires_too_soon(patch: pytest.MonkeyPatch) -> None:
    """What waits in the queue is given up after seven minutes."""
    real = due_attempts.due_work

    def wrong(attempt: DialAttempt, now_ms: int) -> Work:
        work = real(attempt, now_ms)
        old = now_ms - attempt.request.created_at_ms > 7 * MINUTE_MS
        return Work.GIVE_UP if work is Work.SEND_JOB and old else work

    patch.setattr(reconcile_attempts, "due_work", wrong)


def never_found_is_doubt(patch: pytest.MonkeyPatch) -> None:
    """A person is asked whenever a call is not found."""

    def wrong(attempt: DialAttempt, event: NothingFound, timings: Any) -> DialAttempt:
        after = attempt_steps._not_found(attempt, event, timings)
        if after.state is not AttemptState.SETTLED:
            return after
        return replace(attempt, state=AttemptState.DOUBTFUL, due_at_ms=None, line=False)

    patch.setitem(TABLE[AttemptState.DIALING], NothingFound, wrong)


def callbacks_wait_their_turn(patch: pytest.MonkeyPatch) -> None:
    """Who asked to be called back comes after everybody else who waits."""
    for service in (call_back, finish_attempt):
        real = service.asked_back
        patch.setattr(
            service, "asked_back", lambda *given, real=real: replace(real(*given), urgent=False)
        )
    again = contacts.waits_again
    patch.setattr(
        finish_attempt, "waits_again", lambda *given, urgent: again(*given, urgent=urgent and False)
    )


def one_call_a_tick(patch: pytest.MonkeyPatch) -> None:
    """The planner plans one call of a campaign, and looks again a minute later."""
    real = look_at_campaign._room
    patch.setattr(look_at_campaign, "_room", lambda *given: min(1, real(*given)))


# -- what is told of calls -------------------------------------------------------------------


def provider_clock_trusted(_patch: pytest.MonkeyPatch) -> None:
    """Calls are looked up from the claim on, by our clock: see the timings it is planted with."""


def conversations_forgotten(patch: pytest.MonkeyPatch) -> None:
    """That a customer was talked to is not kept with them."""
    patch.setattr(Customer, "talked", lambda self, _at_ms: self)


def talks_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Whoever follows a call never says that its customer had been connected."""
    real = settle_attempt.CallNews
    patch.setattr(follow_call, "CallNews", lambda **said: real(**(said | {"talked": False})))


def wished_twice(patch: pytest.MonkeyPatch) -> None:
    """Each request is a new attempt, whatever its key."""
    names = count()

    def decide(_key: str, _body: object, made: Any, parts: Any) -> Any:
        entry = TriggerEntry(
            body_digest="", first_at_ms=parts.ledger.clock.now_ms() + next(names), answer=None
        )
        return made(KeyInUse("", entry))

    patch.setattr(trigger_call, "answer_once", decide)


# -- slots -----------------------------------------------------------------------------------


def too_little_slack(patch: pytest.MonkeyPatch) -> None:
    """Slots are as far apart as the limit says and eight milliseconds."""
    patch.setattr(PaceLimits, "span_ms", property(lambda self: self.window_ms + 8))


def sent_a_little_late(_patch: pytest.MonkeyPatch) -> None:
    """A POST leaves up to thirty milliseconds late: see the timings it is planted with."""


# -- two who write one item ------------------------------------------------------------------


def consents_over_opt_outs(patch: pytest.MonkeyPatch) -> None:
    """Consents of a list are written over what a person permits, whoever wrote in between."""

    def wrong(
        self: WatchedPermissions,
        _before: dict[str, Permission],
        after: dict[str, Permission],
    ) -> bool:
        for number, one in after.items():
            self.permissions[number] = replace(one, version=self.read(number).version + 1)
            self.watch(number)
        return True

    patch.setattr(WatchedPermissions, "replace_all", wrong)


# -- the list --------------------------------------------------------------------------------

_CALM = Load(contacts=12, triggers=4, numbers=12, account_calls=5, lines=30, faulty_ms=MINUTE_MS)
_ACTING = replace(_CALM, contacts=20, acts=12, expires_ms=25 * MINUTE_MS, spread_ms=30_000)
_CAMPAIGN = Load(
    campaigns=1,
    contacts=0,
    triggers=0,
    inbound=0,
    numbers=8,
    account_calls=5,
    lines=30,
    caps_per_hour=20,
    faulty_ms=20 * MINUTE_MS,
    horizon_ms=26 * 60 * MINUTE_MS,
    expires_ms=8 * MINUTE_MS,
    spread_ms=1_000,
    operators=False,
)
_BURST = replace(_CALM, contacts=40, numbers=40, triggers=0, prefixes=1, dialers=8)
_OPERATED = replace(_CAMPAIGN, campaigns=2, operators=True, acts=20)

WORD_BUGS: tuple[Planted, ...] = (
    Planted(plant=consent_ignored, caught="without consent", load=replace(_CAMPAIGN, numbers=4)),
    Planted(plant=opt_outs_ignored, caught="never to be called", load=_ACTING),
    Planted(plant=hours_ignored, caught="there", load=replace(_CALM, near_close=True)),
    Planted(
        plant=caps_ignored, caught="calls in an hour", load=replace(_CALM, numbers=3, retries=False)
    ),
    Planted(plant=suppressed_on_paper, caught="never to be called", load=_ACTING, first=10),
    Planted(plant=stopped_on_paper, caught="everything was stopped", load=_ACTING),
    Planted(plant=paused_on_paper, caught="had been halted", load=_OPERATED),
    Planted(plant=cancelled_on_paper, caught="had been halted", load=_OPERATED),
    Planted(
        plant=ended_on_paper,
        caught="after its campaign's end",
        load=replace(_CAMPAIGN, numbers=30, lines=2, ends_after_ms=3 * MINUTE_MS, inbound=4),
    ),
    Planted(
        plant=refused_and_posted_again,
        caught="after a refusal",
        load=replace(_CALM, faults=Faults(rejected=0.5)),
    ),
    Planted(
        plant=configuration_never_stops,
        caught="refusal that holds for all",
        load=replace(_CAMPAIGN, faults=Faults(misconfigured=0.3)),
    ),
    Planted(
        plant=breaker_never_breaks,
        caught="in a row had failed",
        load=replace(
            _CAMPAIGN,
            numbers=200,
            stagger_ms=3_000,
            breaker_least=4,
            faulty_ms=12 * MINUTE_MS,
            faults=Faults(rejected=1.0),
        ),
    ),
    Planted(
        plant=a_day_of_24_clock_hours,
        caught="calls in a day",
        load=replace(
            _CAMPAIGN,
            numbers=4,
            begins_after_ms=31 * MINUTE_MS,
            daily_cap=2,
            horizon_ms=5 * 24 * 60 * MINUTE_MS,
        ),
    ),
    Planted(
        plant=staggers_forgotten,
        caught="more than 1 in",
        load=replace(
            _CALM,
            contacts=6,
            triggers=24,
            numbers=30,
            prefixes=3,
            account_calls=20,
            stagger_ms=10_000,
            faulty_ms=20 * MINUTE_MS,
            expires_ms=25 * MINUTE_MS,
            horizon_ms=40 * MINUTE_MS,
            faults=Faults(rate_limited=0.9),
        ),
    ),
    Planted(
        plant=not_sent_and_put_off,
        caught="nothing stood in its way",
        load=replace(_CALM, expires_ms=25 * MINUTE_MS, faults=Faults(rate_limited=0.7)),
    ),
    Planted(
        plant=expires_too_soon,
        caught="expired before its time",
        load=replace(_CALM, contacts=20, account_calls=1, lines=2, expires_ms=25 * MINUTE_MS),
    ),
    Planted(
        plant=never_found_is_doubt,
        caught="though the provider answered",
        load=replace(_CALM, faults=Faults(reply_lost=0.5, server_error=0.5)),
    ),
    Planted(
        plant=callbacks_wait_their_turn,
        caught="later than it was promised",
        load=replace(
            _CAMPAIGN,
            numbers=250,
            stagger_ms=12_000,
            asks_back=0.5,
            faulty_ms=1_000,
            most_attempts=1,
        ),
        first=1,
    ),
    Planted(
        plant=one_call_a_tick,
        caught="could be called and was not",
        load=replace(_CAMPAIGN, numbers=60, faulty_ms=1_000),
    ),
    Planted(
        plant=provider_clock_trusted,
        caught="unknown though listed",
        load=replace(
            _CALM,
            provider_behind_ms=30_000,
            faults=Faults(reply_lost=0.5, webhooks_mute=0.6),
        ),
        timings=DialTimings(provider_clock_ms=0),
    ),
    Planted(
        plant=conversations_forgotten,
        caught="soon after a conversation",
        load=replace(_CALM, numbers=4, caps_per_hour=20, quiet_days=1),
    ),
    Planted(
        plant=talks_forgotten,
        caught="and is failed",
        load=replace(_CALM, faults=Faults(webhook_late=0.6)),
    ),
    Planted(
        plant=wished_twice,
        caught="wishes",
        load=replace(_CALM, contacts=0, triggers=10, caps_per_hour=20),
    ),
    Planted(
        plant=too_little_slack,
        caught="more than",
        load=replace(_BURST, contacts=80, faults=Faults(oversleep=0.5), oversleep_ms=(2, 8)),
        first=40,
    ),
    Planted(
        plant=sent_a_little_late,
        caught="more than",
        load=replace(_BURST, faults=Faults(oversleep=0.5), oversleep_ms=(2, 29)),
        timings=DialTimings(lateness_ms=30),
    ),
    Planted(
        plant=consents_over_opt_outs,
        caught="reached the receiver",
        load=replace(
            _OPERATED,
            campaigns=3,
            numbers=20,
            stagger_ms=12_000,
            acts=80,
            faulty_ms=6 * MINUTE_MS,
            faults=Faults(slow=0.6),
        ),
        first=120,
    ),
)
