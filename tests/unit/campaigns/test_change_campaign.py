"""Operators change campaigns; permissions are written down; both hold at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contact_center.campaigns.domain.campaign_wishes import BadCampaignError
from contact_center.campaigns.domain.campaigns import Campaign, CampaignState, WrongStateError
from contact_center.campaigns.services.campaign_errors import (
    CampaignBusyError,
    LargeListError,
    NoCampaignError,
)
from contact_center.campaigns.services.campaign_ports import CampaignMovedOnError
from contact_center.campaigns.services.change_campaign import (
    StopCampaigns,
    cancel_campaign,
    create_campaign,
    pause_campaign,
    read_progress,
    resume_campaign,
    start_campaign,
    withdraw_contacts,
)
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.kernel.phone_numbers import BadNumberError
from contact_center.lists.services.add_contacts import add_contacts
from contact_center.lists.services.import_contacts import import_contacts
from contact_center.permission.domain.consent import BadConsentError, Consent
from contact_center.permission.services.suppress import (
    PermissionBusyError,
    read_permission,
    record_consent,
    revoke_consent,
    suppress,
    unsuppress,
)
from tests.bodies import wish_of
from tests.campaign_scene import NOON, WISH, CampaignScene, numbers
from tests.fakes.campaign_people import FakePermissions

NUMBER = "+12122000014"
GIVEN = Consent(kind="express", at=datetime(2026, 1, 5, 12, tzinfo=UTC), source="form")


def test_a_campaign_is_created_once_and_started_with_assistant_and_policy_as_they_are() -> None:
    scene = CampaignScene()
    created = create_campaign("c1", wish_of(WISH), scene.change)
    again = create_campaign("c1", wish_of(WISH | {"name": "another"}), scene.change)

    started = start_campaign("c1", scene.change)

    assert created == again
    assert (created.state, started.state) == (CampaignState.DRAFT, CampaignState.RUNNING)
    assert scene.campaigns.snapshot("c1") == {"assistant": "sales", "digest": "abc"}
    assert start_campaign("c1", scene.change) == started  # nothing changes the second time


def test_a_resumed_campaign_keeps_the_assistant_it_was_started_with() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    pause_campaign("c1", scene.change)
    scene.campaigns.snapshots["c1"] = {"assistant": "as it was"}

    resume_campaign("c1", scene.change)

    assert scene.campaigns.snapshot("c1") == {"assistant": "as it was"}


def test_every_change_of_state_raises_the_version_that_claims_are_conditioned_on() -> None:
    scene = CampaignScene()
    campaign = scene.campaign("c1")
    paused = pause_campaign("c1", scene.change)
    scene.list_contacts("c1", numbers(212, 2))
    resumed = resume_campaign("c1", scene.change)
    scene.tick()

    assert campaign.version < paused.version < resumed.version
    assert scene.campaigns.campaigns["c1"].version == resumed.version  # planning changes none
    assert (paused.state, paused.reason) == (CampaignState.PAUSED, "operator")


def test_what_a_campaign_cannot_do_is_refused() -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)

    with pytest.raises(WrongStateError):
        pause_campaign("c1", scene.change)
    with pytest.raises(NoCampaignError):
        start_campaign("unknown", scene.change)
    cancel_campaign("c1", scene.change)
    with pytest.raises(WrongStateError):
        start_campaign("c1", scene.change)
    with pytest.raises(WrongStateError):
        add_contacts("c1", "i", b"phone\n", "US", scene.change)


def test_a_campaign_whose_end_has_come_is_neither_created_nor_started() -> None:
    scene = CampaignScene()
    ends = (NOON + timedelta(hours=1)).isoformat()
    scene.campaign("c1", start=False, endAt=ends)
    scene.clock.advance(3_600_000)

    with pytest.raises(BadCampaignError, match="endAt has passed"):
        start_campaign("c1", scene.change)
    with pytest.raises(BadCampaignError, match="endAt"):
        create_campaign("c2", wish_of(WISH | {"endAt": ends}), scene.change)


def test_a_campaign_is_not_created_for_an_assistant_that_may_not_call_out() -> None:
    scene = CampaignScene()

    with pytest.raises(BadCampaignError, match="assistant must be sales") as caught:
        create_campaign("c1", wish_of(WISH | {"assistant": "nobody"}), scene.change)

    assert caught.value.field == "assistant"
    assert scene.campaigns.read("c1") is None


def test_a_campaign_whose_assistant_is_gone_is_not_started() -> None:
    scene = CampaignScene()
    scene.campaign("c1", start=False)

    def gone(_: str) -> dict[str, object]:
        raise KeyError

    with pytest.raises(BadCampaignError, match="assistant"):
        start_campaign("c1", replace(scene.change, snapshot=gone))


def test_a_change_lost_to_another_is_made_anew_and_given_up_in_a_crowd() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    save = scene.campaigns.save
    lost = 0

    def overtaken(*given: object) -> Campaign:
        nonlocal lost
        lost += 1
        if lost < 3:
            raise CampaignMovedOnError
        return save(*given)  # type: ignore[arg-type]

    scene.campaigns.save = overtaken  # type: ignore[assignment, method-assign]
    assert pause_campaign("c1", scene.change).state is CampaignState.PAUSED

    lost = -100
    with pytest.raises(CampaignBusyError):
        resume_campaign("c1", scene.change)


def test_a_configuration_error_stops_only_what_runs() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.campaign("c2")
    cancel_campaign("c2", scene.change)
    brake = StopCampaigns(scene.campaigns, scene.attempts)

    for name in ("c1", "c1", "c2", "unknown"):
        brake.stop(name, "bad phone number id")

    stopped = scene.campaigns.campaigns["c1"]
    assert (stopped.state, stopped.reason) == (CampaignState.STOPPED, "bad phone number id")
    assert len(scene.metrics.of("campaign_stopped")) == 1  # which an alarm is for
    assert scene.campaigns.campaigns["c2"].state is CampaignState.CANCELLED


def test_a_stop_that_meets_another_change_is_made_after_it() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    save = scene.campaigns.save

    def overtaken(*given: object) -> object:
        scene.campaigns.save = save  # type: ignore[method-assign]
        pause_campaign("c1", scene.change)  # an operator, at the same moment
        return save(*given)  # type: ignore[arg-type]

    scene.campaigns.save = overtaken  # type: ignore[assignment, method-assign]
    StopCampaigns(scene.campaigns, scene.attempts).stop("c1", "credentials")

    stands = scene.campaigns.campaigns["c1"]
    assert (stands.state, stands.reason) == (CampaignState.STOPPED, "credentials")


def test_withdrawn_contacts_are_not_called_even_when_they_are_planned() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    waiting, in_flight, done = scene.list_contacts("c1", numbers(212, 3))
    scene.tick()
    scene.contacts.contacts["c1", waiting.contact_id] = waiting
    ended = replace(done, state=done.state.DONE, reason="completed", due_at_ms=None)
    scene.contacts.contacts["c1", done.contact_id] = ended
    given = [one.details.number for one in (waiting, in_flight, done)]

    result = withdraw_contacts("c1", [*given, "212 200 9999"], scene.change)

    assert (result.withdrawn, result.finished, result.unknown) == (2, 1, 1)
    attempt = scene.ledger.attempts[attempt_id("c1", in_flight.contact_id, 1)]
    assert attempt.state is AttemptState.SETTLED
    assert attempt.disposition is Disposition.CANCELLED
    assert [scene.contact(one).label for one in (waiting, in_flight, done)] == [
        "withdrawn",
        "withdrawn",
        "done:completed",
    ]
    again = withdraw_contacts("c1", given[:1], scene.change)
    assert (again.withdrawn, again.finished) == (1, 0)


def test_nothing_is_withdrawn_when_one_is_no_number() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    [contact] = scene.list_contacts("c1", numbers(212, 1))

    with pytest.raises(BadNumberError):
        withdraw_contacts("c1", [contact.details.number, "none"], scene.change)

    assert scene.contact(contact) == contact


def test_a_contact_that_cannot_be_read_keeps_no_other_from_being_withdrawn() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    bad, other = scene.list_contacts("c1", numbers(212, 2))
    read = scene.contacts.read

    def broken(campaign_id: str, name: str) -> object:
        if name == bad.contact_id:
            raise ValueError("damaged")
        return read(campaign_id, name)

    scene.contacts.read = broken  # type: ignore[assignment,method-assign]

    with pytest.raises(ValueError, match="damaged"):
        withdraw_contacts("c1", [one.details.number for one in (bad, other)], scene.change)

    assert read("c1", other.contact_id).label == "withdrawn"  # type: ignore[union-attr]


def test_contacts_can_be_added_while_the_campaign_runs() -> None:
    scene = CampaignScene()
    scene.campaign("c1")
    scene.tick()  # nothing is due: it would sleep for five minutes
    job = add_contacts("c1", "i", b"phone\n+12122000014\n", "US", scene.change)
    same = add_contacts("c1", "i", b"phone\n+13122000014\n", "US", scene.change)
    import_contacts(job.import_id, 10**15, scene.importing)
    scene.permissions.permissions.clear()
    record_consent(NUMBER, replace(GIVEN, kind="express_written"), NOON, scene.permissions)

    assert same == job
    assert scene.tick().planned == 1  # it was woken
    assert read_progress("c1", scene.change).figures.contacts == {"in_flight": 1}
    with pytest.raises(LargeListError):
        add_contacts("c1", "j", b"x" * 1_000_001, "US", scene.change)


# -- permissions -----------------------------------------------------------------------------


def test_a_suppression_stands_until_it_is_lifted_and_the_first_word_counts() -> None:
    store = FakePermissions()
    first = suppress("(212) 200-0014", "spoken opt-out", NOON, store)
    again = suppress(NUMBER, "import", NOON + timedelta(days=1), store)

    assert again == first == read_permission(NUMBER, store)
    assert (first.suppressed_at, first.suppression_source) == (NOON, "spoken opt-out")
    lifted = unsuppress(NUMBER, store)
    assert lifted.suppressed_at is None
    assert first.version < lifted.version


def test_a_consent_is_recorded_once_and_revoked_with_all_before_it() -> None:
    store = FakePermissions()
    given = record_consent(NUMBER, GIVEN, NOON, store)
    assert record_consent(NUMBER, GIVEN, NOON, store) == given

    revoked = revoke_consent(NUMBER, NOON, store)

    assert revoked.revoked_at == NOON
    assert revoke_consent(NUMBER, NOON, store) == revoked
    assert store.writes == 2
    again = NOON + timedelta(hours=1)  # the last word: a list of before it may come yet
    assert revoke_consent(NUMBER, again, store).revoked_at == again
    later = NOON + timedelta(days=2)
    record_consent(NUMBER, replace(GIVEN, at=NOON + timedelta(days=1)), later, store)
    assert revoke_consent(NUMBER, later, store).revoked_at == later


def test_a_consent_of_the_future_is_refused() -> None:
    store = FakePermissions()

    with pytest.raises(BadConsentError, match="at must be in the past"):
        record_consent(NUMBER, replace(GIVEN, at=NOON + timedelta(days=1)), NOON, store)

    assert not store.permissions


def test_two_writers_of_a_permission_lose_nothing() -> None:
    store = FakePermissions()
    write = store.replace
    calls = 0

    def overtaken(*given: object) -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            store.replace = write  # type: ignore[method-assign]
            suppress(NUMBER, "another", NOON, store)
            store.replace = overtaken  # type: ignore[assignment, method-assign]
        return write(*given)  # type: ignore[arg-type]

    store.replace = overtaken  # type: ignore[assignment, method-assign]
    after = record_consent(NUMBER, GIVEN, NOON, store)

    assert after.suppressed_at == NOON
    assert len(after.consents) == 1
    store.replace = lambda *_: False  # type: ignore[method-assign]
    with pytest.raises(PermissionBusyError):
        suppress("+13122000014", "x", NOON, store)
