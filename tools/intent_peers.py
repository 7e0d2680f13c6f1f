"""The ways of telling intents apart that ours is compared with in `make eval`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.intent_arithmetic import chances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.intent_words import WordsAlone

# A best guess of the words alone below this is not acted on.
_THRESHOLD = 0.5


def keyword_rule(text: str) -> str | None:
    """The tutorial's rule: two words for one department, two for another.

    Args:
        text: an utterance.

    Returns:
        The tutorial's department by its name here, or None.
    """
    said = text.lower()
    if "billing" in said or "payment" in said:
        return "billing"
    if "technical" in said or "not working" in said:
        return "support"
    return None


def by_words_alone(
    peer: WordsAlone, intents: Sequence[str | None], texts: Sequence[str]
) -> list[str | None]:
    """TF-IDF and logistic regression without vectors or rules.

    Args:
        peer: trained on the config.
        intents: names of its labels; None is 'not clear'.
        texts: utterances.

    Returns:
        The intent of each, None when it is not sure enough.
    """
    sure = chances(peer.scores(texts))
    return [intents[int(row.argmax())] if float(row.max()) >= _THRESHOLD else None for row in sure]
