"""Which steps go together, and what they make of whose figures."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from contact_center.campaigns.adapters.campaign_items import contact_item
from contact_center.campaigns.domain.campaigns import TALLY_MS, Tally
from contact_center.campaigns.domain.contacts import (
    OUTCOMES_KEPT,
    AttemptOutcome,
    CampaignContact,
    ContactDetails,
    new_contact,
    taken,
)
from contact_center.campaigns.services.campaign_ports import ContactChange
from contact_center.campaigns.services.contact_moves import (
    MOST_BYTES,
    MOST_ITEMS,
    bytes_of,
    figure_changes,
    in_transactions,
)
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.lists.domain.contact_rows import LONGEST_ID, LONGEST_NAME, LONGEST_VARIABLES
from contact_center.permission.domain.consent import Consent
from tests.campaign_scene import NOON

NAMES = ("c1", "c2", "c3")
EMOJI = "\N{GRINNING FACE}"  # twelve bytes in ASCII JSON


def contact(place: int, campaign: str, said: str = "") -> CampaignContact:
    details = ContactDetails(
        number=f"+1212{place:07d}", prefix="+1212", variables={"said": said} if said else {}
    )
    return new_contact(campaign, details, 0, 0)


def step(place: int, campaign: str, tally_at: int | None = None, said: str = "") -> ContactChange:
    one = contact(place, campaign, said)
    tally = None if tally_at is None else Tally(tally_at * TALLY_MS, 1, tally_at % 2)
    return ContactChange(before=one, after=taken(one, 5), tally=tally, spent_micros=place, priced=1)


steps = st.lists(
    st.builds(step, st.integers(0, 300), st.sampled_from(NAMES), st.none() | st.integers(0, 40)),
    max_size=400,
)


@given(steps)
def test_every_step_is_in_one_transaction_that_takes_it_with_all_it_changes(
    changes: list[ContactChange],
) -> None:
    parts = in_transactions(changes)

    assert sorted(map(id, changes)) == sorted(id(one) for part in parts for one in part)
    for part in parts:
        contacts = {(one.before.campaign_id, one.before.contact_id) for one in part}
        assert len(contacts) == len(part)
        counts = {one.before.campaign_id for one in part}
        tallies = {(one.before.campaign_id, one.tally.began_at_ms) for one in part if one.tally}
        assert len(contacts) + len(counts) + len(tallies) <= MOST_ITEMS


def test_the_five_minutes_that_steps_are_counted_in_take_their_room_in_a_transaction() -> None:
    changes = [step(place, "c1", tally_at=place) for place in range(98)]
    items = [2 * len(part) + 1 for part in in_transactions(changes)]  # contacts, tallies, the count
    assert sum(items) == 2 * len(changes) + len(items)
    assert max(items) <= MOST_ITEMS


@given(steps)
def test_the_figures_of_each_campaign_are_the_sum_of_its_own_steps(
    changes: list[ContactChange],
) -> None:
    found = {one.campaign_id: one for one in figure_changes(changes)}

    for name in NAMES:
        own = [one for one in changes if one.before.campaign_id == name]
        if not own:
            assert name not in found
            continue
        figures = found[name]
        assert figures.labels == {"waiting": -len(own), "in_flight": len(own)}
        assert figures.spent_micros == sum(one.spent_micros for one in own)
        assert figures.priced == len(own)
        ended = sum(tally["ended"] for tally in figures.tallies.values())
        assert ended == sum(one.tally is not None for one in own)


def test_the_longest_contacts_of_any_script_fit_into_a_transaction() -> None:
    said = "\N{CJK UNIFIED IDEOGRAPH-4E2D}" * (LONGEST_VARIABLES - 4)
    changes = [step(place, "c1", said=said) for place in range(100)]

    parts = in_transactions(changes)

    assert len(parts) > 1
    assert max(sum(bytes_of(one.after) for one in part) for part in parts) <= MOST_BYTES


def test_what_is_reckoned_for_a_contact_is_no_less_than_its_item() -> None:
    outcome = AttemptOutcome(
        n=1,
        at_ms=10**13,
        disposition=Disposition.CONFIGURATION,
        reason="x" * 200,
        call_id="c" * 64,
        next_allowed_at_ms=10**13,
        cost_micros=10**9,
    )
    one = contact(1, "c" * 64, EMOJI * (LONGEST_VARIABLES - 4))
    details = replace(
        one.details,
        given_id=EMOJI * LONGEST_ID,
        name=EMOJI * LONGEST_NAME,
        consent=Consent(
            kind="express_written", at=NOON, source="\N{LATIN SMALL LETTER E WITH ACUTE}" * 200
        ),
    )
    outcomes = tuple(replace(outcome, n=n) for n in range(1, OUTCOMES_KEPT + 1))
    full = replace(one, details=details, outcomes=outcomes)

    said = contact_item(full, 10**10)["said"]["S"]
    assert said.isascii()
    assert len(said) <= bytes_of(full)


def test_figures_are_booked_where_their_contacts_are() -> None:
    """All in one place, ten dialers would meet there."""
    booked = {figure_changes([step(place, "c1")])[0].shard for place in range(300)}

    assert booked == {contact(place, "c1").shard for place in range(300)}
    assert len(booked) > 1
