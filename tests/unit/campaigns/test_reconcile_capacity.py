"""How much one tick of the reconciler gets done, on a clock that every request moves on.

A request takes what it takes on DynamoDB, rather more than less. Who settles attempts does not
wait for their campaigns, so what is settled in a minute must be reported in a minute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.campaigns.domain.contacts import ContactState, taken
from contact_center.campaigns.services.campaign_ports import ContactChange
from contact_center.campaigns.services.finish_attempts import FinishAttempts
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.services.reconcile_attempts import (
    LONGEST_TICK_MS,
    Reconciled,
    ReconcileParts,
    reconcile_attempts,
)
from contact_center.dialing.services.voice_ports import LookUp
from contact_center.kernel.ports import StoreUnavailableError
from tests.campaign_scene import CampaignScene, numbers
from tests.fakes.dialing_voice import FakeVoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.campaigns.domain.contacts import CampaignContact
    from tests.fakes.clock import FakeClock

READ_MS, WRITE_MS, QUERY_MS = 10, 30, 15
SLOW_CALL_MS = 13_000
WRITES = frozenset({"commit", "commit_all", "move", "look_soon", "save", "enqueue"})
QUERIES = 8  # the list of what is due is in eight partitions


@dataclass
class OverTheNetwork:
    """A store as seen through a network: each request moves the clock on."""

    behind: Any
    clock: FakeClock
    slower: int = 1

    def __getattr__(self, name: str) -> Callable[..., object]:
        def request(*given: object, **named: object) -> object:
            each_ms = WRITE_MS if name in WRITES else READ_MS
            took_ms = QUERIES * QUERY_MS if name == "due" else each_ms
            self.clock.advance(took_ms * self.slower)
            return getattr(self.behind, name)(*given, **named)

        return request


@dataclass
class Tick:
    """The reconciler on a campaign's fakes, over the network."""

    scene: CampaignScene
    slower: int = 1

    def __post_init__(self) -> None:
        scene = self.scene
        self.voice = FakeVoice()
        self.ledger = replace(
            scene.attempts,
            ledger=OverTheNetwork(scene.ledger, scene.clock, self.slower),  # type: ignore[arg-type]
        )
        self.finish = replace(
            scene.finish,
            campaigns=OverTheNetwork(scene.campaigns, scene.clock, self.slower),  # type: ignore[arg-type]
            contacts=OverTheNetwork(scene.contacts, scene.clock, self.slower),  # type: ignore[arg-type]
            calls=OverTheNetwork(scene.calls, scene.clock, self.slower),  # type: ignore[arg-type]
        )

    def run(self) -> Reconciled:
        parts = ReconcileParts(
            ledger=self.ledger,
            lines=self.scene.ledger,
            jobs=self.scene.jobs,
            voice=self.voice,
            outcomes=FinishAttempts(self.finish),
        )
        return reconcile_attempts(self.scene.clock.now_ms() + 300_000, parts)


def settled(scene: CampaignScene, contacts: list[CampaignContact]) -> list[DialAttempt]:
    """The attempts of contacts, all ended busy, nobody told yet."""
    steps = [ContactChange(before=one, after=taken(one, one.added_at_ms)) for one in contacts]
    scene.contacts.move(steps)
    attempts = [ended(scene, one, f"call-{at}") for at, one in enumerate(contacts)]
    scene.ledger.attempts |= {one.attempt_id: one for one in attempts}
    return attempts


def ended(scene: CampaignScene, contact: CampaignContact, call_id: str) -> DialAttempt:
    now_ms = scene.clock.now_ms()
    return DialAttempt(
        request=request_of(contact, now_ms),
        state=AttemptState.SETTLED,
        posts=1,
        counts_at_ms=now_ms - 60_000,
        ended_at_ms=now_ms - 40_000,
        call_id=call_id,
        disposition=Disposition.BUSY,
        reason="customer-busy",
        due_at_ms=now_ms - 30_000,
    )


def in_doubt(scene: CampaignScene, contact: CampaignContact) -> DialAttempt:
    """A POST that nobody answered, its lease just over."""
    now_ms = scene.clock.now_ms()
    return DialAttempt(
        request=request_of(contact, now_ms),
        state=AttemptState.DIALING,
        posts=1,
        claimed_at_ms=now_ms - 40_000,
        lease_until_ms=now_ms - 1,
        due_at_ms=now_ms - 1,
        line=True,
    )


def request_of(contact: CampaignContact, now_ms: int) -> DialRequest:
    return DialRequest(
        attempt_id=attempt_id(contact.campaign_id, contact.contact_id, 1),
        number=contact.details.number,
        prefix=contact.details.prefix,
        purpose="marketing",
        assistant="sales",
        campaign_id=contact.campaign_id,
        contact_id=contact.contact_id,
        created_at_ms=now_ms,
        expires_at_ms=now_ms + 3_600_000,
    )


def campaign_of(scene: CampaignScene, count: int, name: str = "spring") -> list[CampaignContact]:
    scene.campaign(name)
    return scene.list_contacts(name, numbers(212, count))


def open_attempts(scene: CampaignScene) -> int:
    return sum(one.due_at_ms is not None for one in scene.ledger.attempts.values())


@pytest.mark.long
def test_five_thousand_settled_attempts_are_reported_within_one_tick() -> None:
    scene = CampaignScene()
    settled(scene, campaign_of(scene, 5_000))
    began_ms = scene.clock.now_ms()

    assert Tick(scene).run() == Reconciled(seen=5_000, failed=0, lines_freed=0)

    assert scene.clock.now_ms() - began_ms < LONGEST_TICK_MS
    assert open_attempts(scene) == 0
    assert scene.labels("spring") == {"waiting": 5_000}
    assert all(len(one.outcomes) == 1 for one in scene.contacts.of("spring"))


@pytest.mark.long
def test_what_one_tick_does_not_reach_the_next_ones_do() -> None:
    scene = CampaignScene()
    settled(scene, campaign_of(scene, 5_000))
    ticks = 0
    while open_attempts(scene):
        began_ms, ticks = scene.clock.now_ms(), ticks + 1
        Tick(scene, slower=15).run()
        assert scene.clock.now_ms() - began_ms < 60_000  # over before the next begins

    assert 1 < ticks <= 5
    assert scene.labels("spring") == {"waiting": 5_000}


@pytest.mark.long
def test_a_look_up_of_doubt_does_not_wait_for_the_reports() -> None:
    scene = CampaignScene()
    doubtful, *others = campaign_of(scene, 5_001)
    settled(scene, others)
    open_one = in_doubt(scene, doubtful)
    scene.ledger.attempts[open_one.attempt_id] = open_one
    tick = Tick(scene)
    began_ms = scene.clock.now_ms()
    asked_after_ms = []

    def find(name: str, since_ms: int) -> LookUp:
        del name, since_ms
        asked_after_ms.append(scene.clock.now_ms() - began_ms)
        return LookUp(complete=True, calls=())

    tick.voice.find_calls = find  # type: ignore[method-assign]
    tick.run()

    assert asked_after_ms == [pytest.approx(200, abs=200)]


def test_reports_do_not_wait_for_a_provider_that_hangs() -> None:
    scene = CampaignScene()
    contacts = campaign_of(scene, 240)
    settled(scene, contacts[40:])
    for one in contacts[:40]:
        attempt = in_doubt(scene, one)
        scene.ledger.attempts[attempt.attempt_id] = attempt
    tick = Tick(scene)

    def hang(name: str, since_ms: int) -> LookUp:
        del name, since_ms
        scene.clock.advance(SLOW_CALL_MS)
        return LookUp(complete=False, calls=())

    tick.voice.find_calls = hang  # type: ignore[method-assign]
    tick.run()

    assert scene.labels("spring")["waiting"] == 40 + 200


def test_one_bad_attempt_keeps_nobody_out_and_is_tried_once_in_a_tick() -> None:
    scene = CampaignScene()
    contacts = campaign_of(scene, 300)
    bad = settled(scene, contacts)[0]
    broken = replace(contacts[0].details, number="nobody can read this")
    key = ("spring", contacts[0].contact_id)
    kept = scene.contacts.contacts[key]
    scene.contacts.contacts[key] = replace(kept, details=broken)

    assert Tick(scene).run() == Reconciled(seen=300, failed=1, lines_freed=0)
    assert Tick(scene).run().seen == 0  # left alone for a while
    scene.clock.advance(120_000)
    assert Tick(scene).run() == Reconciled(seen=1, failed=1, lines_freed=0)
    assert open_attempts(scene) == 1
    assert scene.labels("spring")["waiting"] == 299

    scene.contacts.contacts[key] = kept
    scene.clock.advance(240_000)
    assert Tick(scene).run() == Reconciled(seen=1, failed=0, lines_freed=0)
    assert bad.attempt_id in scene.ledger.attempts
    assert open_attempts(scene) == 0


def test_one_campaign_s_trouble_is_not_another_s() -> None:
    scene = CampaignScene()
    settled(scene, campaign_of(scene, 5, "spring"))
    scene.campaign("autumn")
    settled(scene, scene.list_contacts("autumn", numbers(646, 5)))
    tick = Tick(scene)
    read = scene.campaigns.read

    def down(campaign_id: str) -> object:
        if campaign_id == "spring":
            raise StoreUnavailableError
        return read(campaign_id)

    scene.campaigns.read = down  # type: ignore[method-assign,assignment]
    assert tick.run() == Reconciled(seen=10, failed=5, lines_freed=0)
    assert (scene.labels("autumn"), open_attempts(scene)) == ({"waiting": 5}, 5)


def test_a_crash_between_noting_and_marking_counts_nothing_twice() -> None:
    scene = CampaignScene()
    settled(scene, campaign_of(scene, 50))
    tick = Tick(scene)
    commit_all = scene.ledger.commit_all

    def crash(changes: object) -> frozenset[str]:
        raise KeyboardInterrupt(changes)  # nothing of ours catches it, as nothing catches a kill

    scene.ledger.commit_all = crash  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        tick.run()
    scene.ledger.commit_all = commit_all  # type: ignore[method-assign]
    assert tick.run().failed == 0

    assert open_attempts(scene) == 0
    assert all(one.n == 2 for one in scene.contacts.of("spring"))
    (tally,) = scene.campaigns.tallies["spring"].values()
    assert (tally.ended, scene.labels("spring")) == (50, {"waiting": 50})
    assert all(one.state is ContactState.WAITING for one in scene.contacts.of("spring"))
