"""Which call a leg comes back from is in the address that it comes back to."""

from __future__ import annotations

import pytest

from contact_center.twilio.addresses import dialled_at
from contact_center.visits.domain.courtesies import after_dialled


def test_the_address_names_the_call() -> None:
    assert dialled_at(after_dialled("v-CA1.12")) == 12


@pytest.mark.parametrize("end", ["", "/", "/x", "/-1", "/1/2", "/12345", "/٣", "/1.0"])
def test_any_other_address_names_none(end: str) -> None:
    assert dialled_at(f"/twilio/voice/assistant{end}") is None
    assert dialled_at(f"/twilio/voice{end}") is None
