"""What a second opinion adds to the classifier, for `make eval`: what it saves and costs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.understanding.adapters.second_opinion import SecondOpinion
from contact_center.understanding.adapters.sentence_judge import SentenceJudge, sentence_judge
from contact_center.understanding.adapters.sentence_model import SentenceModelError
from tools.intent_report import VAGUE
from tools.second_opinion import WEIGHTS_FILE, weights_are_there

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.understanding.adapters.second_opinion import FirstOpinion
    from contact_center.understanding.domain.intents import Hearing

# In a process of its own, as the router's is: what loading costs, and what is resident then.
_LOADING = """
import json, re, sys, time
from pathlib import Path
def resident():
    status = Path("/proc/self/status")
    told = status.read_text() if status.exists() else "VmHWM: 0"
    return int(re.search(r"VmHWM:\\s+(\\d+)", told)[1]) / 1024
before, begun = resident(), time.process_time()
from contact_center.understanding.adapters.sentence_judge import sentence_judge
sentence_judge(Path(sys.argv[1])).judge(["the", "blue", "one"])
print(json.dumps([1000 * (time.process_time() - begun), before, resident()]))
"""


class Counted:
    """Counts nothing: what is answered is counted here by its route."""

    def count(self, name: str, **dimensions: str) -> None:
        """Take no notice."""


@dataclass(frozen=True, slots=True)
class Added:
    """What the second opinion changes.

    Attributes:
        asked: utterances on which the first abstains and that say something.
        clear: of all, those that belong somewhere.
        acted: more that are acted on, of those that belong somewhere.
        right: of them, sent where they belong.
        unclear: of those that belong nowhere, sent somewhere all the same.
    """

    asked: int
    clear: int
    acted: int
    right: int
    unclear: int

    def line(self) -> str:
        """One line of `make eval`."""
        saved = 1000 * self.acted / max(self.clear, 1)
        wrong = 1000 * (self.acted - self.right) / max(self.clear, 1)
        return (
            f"second opinion: asked {self.asked} times, acted on {self.acted} more, right "
            f"{self.right}, unclear {self.unclear}; of 1,000 callers {saved:.0f} questions saved, "
            f"{wrong:.0f} sent wrongly"
        )


def made_here() -> SentenceJudge | None:
    """The second opinion; None, and a line that says why, when it is not made on this machine."""
    try:
        if weights_are_there():
            return sentence_judge(WEIGHTS_FILE)
        print("second opinion: not made here; `make second-opinion` makes it", file=sys.stderr)
    except SentenceModelError as error:
        print(f"second opinion: {error}", file=sys.stderr)
    return None


def hear_both(
    first: FirstOpinion, judge: SentenceJudge, texts: Sequence[str], routes: Sequence[str]
) -> tuple[list[Hearing], Added]:
    """Hear every utterance with a second opinion behind the first.

    Args:
        first: the classifier.
        judge: the second opinion.
        texts: utterances.
        routes: where they belong.

    Returns:
        What was heard, and what is different for it.
    """
    both = SecondOpinion(first, Counted(), lambda: judge)
    heard = [both.hear(text) for text in texts]
    asked = acted = right = unclear = 0
    for text, route, second in zip(texts, routes, heard, strict=True):
        if first.hear(text).intent is not None or not first.matter(text):
            continue
        asked += 1
        if second.intent is not None:
            unclear += route == VAGUE
            acted += route != VAGUE
            right += second.intent == route
    clear = sum(route != VAGUE for route in routes)
    return heard, Added(asked, clear, acted, right, unclear)


def cost_lines(first: FirstOpinion, judge: SentenceJudge, texts: Sequence[str]) -> list[str]:
    """What it costs: processor time of an utterance that is asked about, loading, memory."""
    matters = [matter for text in texts if (matter := first.matter(text))][:300]
    judge.judge(matters[0])
    took: list[float] = []
    for matter in matters:
        begun = time.process_time()
        judge.judge(matter)
        took.append(1000 * (time.process_time() - begun))
    took.sort()
    ran = subprocess.run(  # noqa: S603 - this Python, our own script
        [sys.executable, "-c", _LOADING, str(WEIGHTS_FILE)],
        capture_output=True,
        text=True,
        check=True,
    )
    loading, before, after = json.loads(ran.stdout)
    mean, middle, slow = sum(took) / len(took), took[len(took) // 2], took[len(took) * 99 // 100]
    told = f"mean {mean:.1f} ms of processor time, p50 {middle:.1f}, p99 {slow:.1f}"
    memory = f"{before:.0f} MB before, {after:.0f} MB after" if after else "not told here"
    return [
        f"  an utterance that it is asked about: {told}",
        f"  loading it, once a process: {loading:.0f} ms of processor time; memory {memory}",
    ]
