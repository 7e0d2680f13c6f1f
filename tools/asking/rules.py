"""The classifier as it is without what was learned of asking for a person: by its rules alone."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from contact_center.understanding.adapters.intent_model_file import MODEL_FILE, intent_tables
from contact_center.understanding.domain.asking import Asking
from contact_center.understanding.domain.intents import IntentModel

_DOUBTS_AND_FINDS_NOBODY = Asking(
    weights=(0,),
    step=1.0,
    bias=0.0,
    doubted_below=-inf,
    found_above=inf,
    asked_above=inf,
    asked_above_if_unclear=inf,
)


def rules_alone(act_from: float) -> IntentModel:
    """Load the committed model without its weights for asking.

    Args:
        act_from: a best guess less likely than this is none.

    Returns:
        The classifier, ready to hear.
    """
    tables = intent_tables(MODEL_FILE.read_bytes())
    return IntentModel(replace(tables, asking=_DOUBTS_AND_FINDS_NOBODY), act_from)
