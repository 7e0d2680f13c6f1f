"""Wrong designs of the campaign half, each patched onto the real services at one small seam."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.campaigns.domain import campaign_calls, campaigns, retry_policy
from contact_center.campaigns.domain.campaigns import Figures
from contact_center.campaigns.services import (
    book_price,
    call_back,
    change_campaign,
    finish_attempt,
    finish_attempts,
    look_at_campaign,
    plan_campaigns,
    send_planned,
    withdraw_contact,
)
from contact_center.campaigns.services.campaign_ports import DueQueue
from contact_center.campaigns.services.contact_moves import figure_changes
from contact_center.dialing.domain import attempt_steps
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.services import judge_call, place_call
from contact_center.kernel.ports import StoreUnavailableError
from tests.fakes.campaign_stores import FakeCampaigns, FakeContacts
from tests.fakes.dialing_ledger import FakeLedger
from tests.simulation.load import MINUTE_MS, Load
from tests.simulation.planted_bug import Planted
from tests.simulation.world import Faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from contact_center.campaigns.domain.contacts import AttemptOutcome, CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactChange
    from contact_center.dialing.domain.dial_requests import DialRequest
    from contact_center.dialing.services.ledger_ports import Change


# -- the planner -----------------------------------------------------------------------------


def named_by_the_moment(patch: pytest.MonkeyPatch) -> None:
    """A plan made twice is two attempts: the name is of the moment, not of the contact."""
    real = campaign_calls.call_of_contact

    def wrong(campaign: Any, contact: Any, created_at_ms: int, expires_at_ms: int) -> DialRequest:
        request = real(campaign, contact, created_at_ms, expires_at_ms)
        name = attempt_id(campaign.campaign_id, contact.contact_id, created_at_ms)
        return replace(request, attempt_id=name)

    patch.setattr(send_planned, "call_of_contact", wrong)


def taken_is_enough(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks after a contact that was taken by a planner who died."""

    def wrong(head: Any, now_ms: int, parts: Any) -> None:
        campaign = head.campaign.campaign_id
        for contact in parts.contacts.due(campaign, DueQueue.CHECK, now_ms, 100).contacts:
            attempt = parts.ledger.read(attempt_id(campaign, contact.contact_id, contact.n))
            if attempt is not None and attempt.state is AttemptState.SETTLED:
                parts.outcomes.report(attempt)

    patch.setattr(look_at_campaign, "look_after_attempts", wrong)


def finished_with_calls_under_way(patch: pytest.MonkeyPatch) -> None:
    """A campaign in which nobody waits is over, whoever is being called at that moment."""
    patch.setattr(Figures, "open", property(lambda self: self.contacts.get("waiting", 0)))


def cap_ignored(patch: pytest.MonkeyPatch) -> None:
    """The daily cap is shown, and not kept."""
    real = campaigns.room_in_caps
    patch.setattr(look_at_campaign, "room_in_caps", lambda *given: (None, real(*given)[1]))


def only_what_was_spent_counts(patch: pytest.MonkeyPatch) -> None:
    """The spend cap forgets the calls whose price has not come yet."""
    real = campaigns.room_in_caps

    def wrong(campaign: Any, note: Any, figures: Figures, *given: Any) -> Any:
        return real(campaign, note, replace(figures, unpriced=0, contacts={}), *given)

    patch.setattr(look_at_campaign, "room_in_caps", wrong)


def legs_cost_nothing(patch: pytest.MonkeyPatch) -> None:
    """The spend cap forgets that what the telephone costs comes later."""
    real = campaigns.room_in_caps

    def wrong(campaign: Any, note: Any, figures: Figures, *given: Any) -> Any:
        return real(campaign, note, replace(figures, open_legs=0), *given)

    patch.setattr(look_at_campaign, "room_in_caps", wrong)


def legs_booked_anew(patch: pytest.MonkeyPatch) -> None:
    """A price that has grown is booked whole, beside what was booked before."""
    real = book_price.with_money

    def wrong(before: Any, after: Any, n: int, tally: Any = None) -> Any:
        change = real(before, after, n, tally)
        if change.spent_micros and not change.priced:
            whole = {one.n: one for one in after.outcomes}[n].cost_micros
            return replace(change, spent_micros=whole)
        return change

    patch.setattr(book_price, "with_money", wrong)


def legs_never_told(patch: pytest.MonkeyPatch) -> None:
    """Whoever plans is told a price once, and of what comes later never."""
    real = attempt_steps._priced_after_all

    def wrong(attempt: Any, event: Any) -> Any:
        return attempt if attempt.priced else real(attempt, event)

    patch.setattr(attempt_steps, "_priced_after_all", wrong)


# -- outcomes --------------------------------------------------------------------------------


def noted_twice(patch: pytest.MonkeyPatch) -> None:
    """An outcome that is told twice counts twice."""

    def wrong(contact: CampaignContact, outcome: AttemptOutcome) -> CampaignContact:
        return replace(contact, outcomes=(*contact.outcomes, outcome))

    patch.setattr(finish_attempt, "with_outcome", wrong)
    patch.setattr(finish_attempt, "_is_noted", lambda _contact, _outcome: False)


def delay_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Who is to be tried again is tried again at once."""
    real = retry_policy.next_attempt

    def wrong(past: Any, *policy: Any, **others: Any) -> Any:
        found = real(past, *policy, **others)
        return found if found is None or not past else replace(found, at=past[-1].at)

    patch.setattr(finish_attempt, "next_attempt", wrong)


def retries_uncounted(patch: pytest.MonkeyPatch) -> None:
    """Every outcome leads to another attempt, however many there were."""
    patch.setattr(retry_policy, "_used_up", lambda past, _rule, _policy: len(past) > 8)


def call_back_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What a customer asked for during the call is not looked at when it has ended."""
    real = retry_policy.next_attempt

    def wrong(*given: Any, callback_at: Any = None, **others: Any) -> Any:
        del callback_at
        return real(*given, **others)

    patch.setattr(finish_attempt, "next_attempt", wrong)


def agreed_and_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What was agreed on by the assistant's tool stays in the call's record."""
    patch.setattr(finish_attempts, "keep_promise", lambda *_given: None)
    _promised_apart(patch)


def _promised_apart(patch: pytest.MonkeyPatch) -> None:
    for service in (finish_attempt, finish_attempts):
        patch.setattr(service, "promise_of", lambda *_given: None)


def promised_after_an_outage(patch: pytest.MonkeyPatch) -> None:
    """The outcome is written first; for what was promised the store answers ten minutes later."""
    real = call_back.keep_promise

    def wrong(attempt: Any, callback: str | None, parts: Any) -> None:
        if parts.clock.now_ms() < (attempt.ended_at_ms or 0) + 10 * MINUTE_MS:
            raise StoreUnavailableError
        real(attempt, callback, parts)

    _promised_apart(patch)
    patch.setattr(finish_attempts, "keep_promise", wrong)


def figures_apart(patch: pytest.MonkeyPatch) -> None:
    """The figures are counted whether or not the contact was still as it was read."""
    real = FakeContacts.move

    def wrong(self: FakeContacts, changes: Sequence[ContactChange]) -> frozenset[str]:
        moved = real(self, changes)
        for change in changes:
            if change.before.contact_id not in moved:
                for figures in figure_changes([change]):
                    self.campaigns.book(figures)
        return moved

    patch.setattr(FakeContacts, "move", wrong)


# -- operators -------------------------------------------------------------------------------


def pause_stops_the_planner_only(patch: pytest.MonkeyPatch) -> None:
    """What is planned is dialled, whatever became of its campaign."""
    real, conditions = judge_call.judge_call, FakeLedger.conditions

    def wrong(request: Any, circumstances: Any, at_ms: int, parts: Any) -> Any:
        campaign = circumstances.campaign
        running = campaign and replace(campaign, running=True)
        return real(request, replace(circumstances, campaign=running), at_ms, parts)

    def unchecked(self: FakeLedger, change: Change) -> Any:
        return [one for one in conditions(self, change) if one[0] != "campaign"]

    patch.setattr(place_call, "judge_call", wrong)
    patch.setattr(FakeLedger, "conditions", unchecked)


def withdrawn_on_paper(patch: pytest.MonkeyPatch) -> None:
    """A contact is taken off the list; the call that was planned for it goes out."""
    patch.setattr(withdraw_contact, "_call_off", lambda *_given: None)


def cancelled_and_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks at a cancelled campaign again, whoever was under way."""
    real = change_campaign._look_at_ms

    def wrong(before: Any, after: Any, now_ms: int) -> int | None:
        return real(before, after, now_ms) if after.running else None

    patch.setattr(change_campaign, "_look_at_ms", wrong)


def asleep_by_a_lagging_index(patch: pytest.MonkeyPatch) -> None:
    """The planner goes by what the index shows, whoever has had the campaign looked at."""
    real, noted = plan_campaigns._next_look_ms, FakeCampaigns.note

    def wrong(one: Any, now_ms: int, parts: Any) -> tuple[int, bool]:
        head = replace(one.head, note=replace(one.head.note, woken=False))
        return real(replace(one, head=head, idle=True), now_ms, parts)

    def unasked(self: Any, name: str, before: Any, after: Any, **_named: Any) -> bool:
        return noted(self, name, before, after)

    patch.setattr(plan_campaigns, "_next_look_ms", wrong)
    patch.setattr(FakeCampaigns, "note", unasked)


def put_off_for_a_night(patch: pytest.MonkeyPatch) -> None:
    """A campaign sleeps as long as it may, whoever is due before."""
    real = plan_campaigns._next_look_ms

    def wrong(one: Any, now_ms: int, parts: Any) -> tuple[int, bool]:
        at_ms, asleep = real(one, now_ms, parts)
        return (now_ms + parts.settings.asleep_ms if asleep else at_ms), asleep

    patch.setattr(plan_campaigns, "_next_look_ms", wrong)


# -- the list --------------------------------------------------------------------------------

_CAMPAIGNS = Load(
    campaigns=2,
    contacts=0,
    triggers=0,
    inbound=0,
    numbers=4,
    account_calls=5,
    lines=10,
    caps_per_hour=20,
    faulty_ms=20 * MINUTE_MS,
    horizon_ms=26 * 60 * MINUTE_MS,
    expires_ms=8 * MINUTE_MS,
    operators=False,
    faults=Faults(webhook_late=0.2),
)
_DYING = replace(_CAMPAIGNS, faults=Faults(crash=0.04, lost_reply=0.04, tick_twice=0.5))
_ACTING = replace(_CAMPAIGNS, operators=True, acts=20, spread_ms=1_000, numbers=8)
_ASLEEP = replace(
    _CAMPAIGNS, asks_back=0.5, numbers=6, faults=Faults(index_lag=0.8, webhook_late=0.2)
)
_LEGS = replace(_CAMPAIGNS, campaigns=1, numbers=8, spend_cap=0.5, leg_micros=40_000)

CAMPAIGN_BUGS: tuple[Planted, ...] = (
    Planted(plant=named_by_the_moment, caught="rang 2 times", load=_DYING),
    Planted(plant=taken_is_enough, caught="ends in_flight", load=_DYING),
    Planted(plant=finished_with_calls_under_way, caught="given up", load=_CAMPAIGNS),
    Planted(
        plant=cap_ignored,
        caught="calls in a day",
        load=replace(_CAMPAIGNS, campaigns=1, daily_cap=2, horizon_ms=9 * 24 * 60 * MINUTE_MS),
    ),
    Planted(
        plant=only_what_was_spent_counts,
        caught="more than its cap",
        load=replace(_CAMPAIGNS, campaigns=1, numbers=8, spend_cap=0.3),
    ),
    Planted(plant=legs_cost_nothing, caught="more than its cap", load=_LEGS),
    Planted(plant=legs_booked_anew, caught="the money of", load=_LEGS),
    Planted(plant=legs_never_told, caught="the price of", load=_LEGS),
    Planted(plant=asleep_by_a_lagging_index, caught="sleeps though", load=_ASLEEP),
    Planted(plant=put_off_for_a_night, caught="sleeps though", load=_ASLEEP),
    Planted(plant=noted_twice, caught="tallied", load=_DYING),
    Planted(plant=delay_forgotten, caught="sent too soon", load=_CAMPAIGNS),
    Planted(plant=retries_uncounted, caught="times", load=_CAMPAIGNS),
    Planted(
        plant=call_back_forgotten,
        caught="promised a call back",
        load=replace(_CAMPAIGNS, asks_back=0.5),
    ),
    Planted(
        plant=agreed_and_forgotten,
        caught="promised a call back",
        load=replace(_CAMPAIGNS, asks_back=0.5),
    ),
    Planted(
        plant=promised_after_an_outage,
        caught="promised a call back",
        load=replace(_CAMPAIGNS, asks_back=0.5, most_attempts=2),
    ),
    Planted(
        plant=figures_apart,
        caught="the figures of",
        load=replace(_CAMPAIGNS, faults=Faults(index_lag=0.6, tick_twice=0.8, lost_reply=0.05)),
    ),
    Planted(plant=pause_stops_the_planner_only, caught="though campaign_not_running", load=_ACTING),
    Planted(plant=withdrawn_on_paper, caught="contact was withdrawn", load=_ACTING, first=67),
    Planted(
        plant=cancelled_and_forgotten,
        caught="cancelled, ends in_flight",
        load=replace(_ACTING, faults=Faults(crash=0.03, slow=0.1)),
        first=26,
    ),
)
