"""Whatever goes wrong in whatever order, an effect is one record of one contact in the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contact_center.crm.hubspot.settings import Writes
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered, InDoubt, Later
from local.crm.faults import Fault, Mishap
from tests.crm_scene import CUSTOMER, HubSpotScene, effect

RECORDS = {EffectKind.CALL: "calls", EffectKind.LEAD: "notes", EffectKind.DEAL: "deals"}
FAULTS = st.builds(
    Fault,
    mishap=st.sampled_from(
        [Mishap.LOST, Mishap.HALF, Mishap.HTML, Mishap.ERROR_INSIDE, Mishap.UNAVAILABLE]
    ),
    method=st.sampled_from(["", "GET", "POST", "PUT", "PATCH"]),
    path=st.sampled_from(["", "/contacts", "/search", "/associations", "/batch"]),
    obeyed=st.sampled_from([None, True, False]),
)


@given(
    faults=st.lists(FAULTS, max_size=6),
    kind=st.sampled_from(list(RECORDS)),
    writes=st.sampled_from(Writes),
    is_known=st.booleans(),
    forgets=st.lists(st.booleans(), min_size=20, max_size=20),
)
def test_an_effect_is_one_record_of_one_contact(
    *, faults: list[Fault], kind: EffectKind, writes: Writes, is_known: bool, forgets: list[bool]
) -> None:
    with HubSpotScene(writes=writes) as scene:
        if is_known:
            scene.contact(phone="(415) 555-0123")
        scene.hubspot.faults.add(*faults)
        answer: object = None
        for forgotten in forgets:
            if forgotten:
                scene.known.ids.clear()
            answer = scene.deliver(kind)
            if isinstance(answer, InDoubt):
                answer = scene.receiver.look_up(effect(kind)) or answer
            if isinstance(answer, Delivered):
                break
            assert isinstance(answer, Later | InDoubt)

        assert isinstance(answer, Delivered)
        [contact] = scene.hubspot.records("contacts")
        [record] = scene.hubspot.records(RECORDS[kind])
        assert record.linked == {("contacts", contact.record_id)}
        assert record.values["switchboard_effect"] == "e-1"
        assert contact.values["switchboard_customer"] == CUSTOMER
        assert answer.their_id == record.record_id
