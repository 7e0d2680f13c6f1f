"""Calls as they really go, one function each: what the proofs about order and repetition use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.conversations.histories import History

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _clear_intent() -> History:
    call = History().answered().begins("I was").after(200).begins("I was charged", "billing")
    call.after(200).begins("I was charged twice", "billing").after(300)
    call.says("I was charged twice last month", "billing", 0.93).after(700)
    return call.assistant("billing").after(4000).says("yes, in May").after(3000)


def _clear_intent_by_number_only() -> History:
    return History().answered().says("send this to your lawyers", "legal", 0.8).after(500)


def _vague_three_times() -> History:
    call = History().answered()
    for _ in range(3):
        call.vague().after(6000)
    return call.assistant("support").after(2000)


def _vague_twice_then_drops() -> History:
    return History().answered().vague().after(6000).vague().after(3000)


def _changes_mind() -> History:
    call = History().answered().says("billing please", "billing", 0.95).after(900)
    call.assistant("billing").after(2000).says("no, I want to buy more seats", "sales", 0.9)
    call.after(800).assistant("sales").after(3000)
    return call.says("and the invoice was wrong", "billing", 0.92).after(700).assistant("billing")


def _tutorial_event_log() -> History:
    """The real event sequence printed in the tutorial: cut in on the greeting, cancel."""
    call = History().answered("support").speech("assistant", 2900).after(847)
    call.barges_in().after(6).begins("I need to").after(251)
    call.begins("I need to cancel my subscription", "retention", 0.94).after(236)
    call.tool("retention").after(300)
    return call.says("I need to cancel my subscription", "retention", 0.94).after(500)


def _rapid_interruptions() -> History:
    call = History().answered().speech("assistant", 4000)
    for _ in range(4):
        call.barges_in().after(400)
    return call.says("my router is dead, dead!", "support", 0.88).after(500)


def _three_interruptions() -> History:
    call = History().answered()
    for number in range(3):
        call.speech("assistant", 2000).after(800).barges_in().after(500)
        call.says(f"no, not that {number}").after(3000)
    return call


def _interruptions_without_vapis_word() -> History:
    call = History().answered()
    for _ in range(3):
        call.speech("assistant", 1500).speech("customer", 900, 700).after(4200)
    return call


def _background_noise() -> History:
    call = History().answered().speech("assistant", 6000)
    for _ in range(5):
        call.speech("customer", 150, 300).after(3100)
    return call


def _asks_for_a_person() -> History:
    call = History().answered().says("billing", "billing", 0.9).after(400)
    call.says("no, a person, please", wants_person=True).after(900).transferred()
    return call.status("forwarding").after(4000).says("it is about sales", "sales", 0.99)


def _partial_corrected() -> History:
    """K4: the partial says billing, the final says something else."""
    call = History().answered().begins("billing", "billing", 0.95).after(300)
    return call.says("billy joel tickets").after(500)


def _self_correction() -> History:
    call = History().answered().begins("billing", "billing").after(200)
    call.begins("billing wait", "billing").after(400)
    return call.says("billing, wait, actually technical support", "support", 0.7).after(600)


def _keypad_and_tool() -> History:
    return History().answered().presses("1").after(1200).tool("billing").after(500)


def _moved_by_the_model() -> History:
    call = History().answered().says("um, yes").after(1500).transferred("sales").after(200)
    call.assistant("sales").after(3000).says("I would rather pay my bill", "billing", 0.9)
    return call.after(700).assistant("billing").after(1000).assistant("router").after(900)


def _outbound() -> History:
    call = History(direction="outbound").answered("sales").says("who is this?").after(900)
    return call.says("hm").after(900).says("hm!").after(500).says("a bill?", "billing", 0.9)


def _outbound_opt_out() -> History:
    call = History(direction="outbound").answered("sales").says("a bill?", "billing", 0.9)
    call.after(400).says("No. Stop calling me.").after(300).presses("9").after(200)
    return call.says("a person, please", wants_person=True).after(100).vague()


def _asked_back_says_yes() -> History:
    call = History().answered().says("the lady with the bills", "billing", perhaps_person=True)
    return call.after(3_500).says("yes, her").after(900).transferred()


def _asked_back_says_no() -> History:
    call = History().answered().says("the lady with the bills", perhaps_person=True).after(3_500)
    return call.says("no").after(3_000).says("just my bill", "billing").after(900)


def _inbound_opt_out() -> History:
    call = History().answered().says("take me off your calling list").after(800)
    return call.says("and my bill is wrong", "billing", 0.9).after(700).assistant("billing")


CALLS: Mapping[str, Callable[[], History]] = {
    made.__name__.strip("_"): made
    for made in (
        _clear_intent,
        _clear_intent_by_number_only,
        _vague_three_times,
        _vague_twice_then_drops,
        _changes_mind,
        _tutorial_event_log,
        _rapid_interruptions,
        _three_interruptions,
        _interruptions_without_vapis_word,
        _background_noise,
        _asks_for_a_person,
        _asked_back_says_yes,
        _asked_back_says_no,
        _partial_corrected,
        _self_correction,
        _keypad_and_tool,
        _moved_by_the_model,
        _outbound,
        _outbound_opt_out,
        _inbound_opt_out,
    )
}
