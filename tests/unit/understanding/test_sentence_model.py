"""The sentence model and what was learned over it, on small weights made up here.

The published weights are not in the repository: `make package-test` makes and asks them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from contact_center.understanding.adapters.intent_model_file import read_header
from contact_center.understanding.adapters.sentence_judge import (
    LEARNED_FILE,
    SentenceJudge,
    sentence_judge,
)
from contact_center.understanding.adapters.sentence_model import (
    LAYERS,
    LONGEST,
    MAGIC,
    WIDTH,
    SentenceModel,
    SentenceModelError,
    read_sentence_model,
    sentence_model_bytes,
)
from tools.intent_training import GENERAL_GROUPS, Examples
from tools.minilm import embedded, quantised
from tools.second_opinion import is_learned, learn, main, pinned_digests
from tools.train_intents import Lesson, read_lesson

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ["[CLS]", "[SEP]", "[UNK]", "my", "bill", "is", "wrong", "phone", "##s", "buy", "a", ","]
SHAPES = {"asked": 3 * WIDTH, "joined": WIDTH, "wide": 2 * WIDTH}


def made_up() -> dict[str, Any]:
    """Weights of the right shapes, but for fewer words and a narrower middle."""
    chance = np.random.default_rng(13)

    def some(*shape: int) -> Any:
        return chance.normal(0, 0.04, shape).astype(np.float32)

    ones, zeros = np.ones(WIDTH, dtype=np.float32), np.zeros(WIDTH, dtype=np.float32)
    weights = {"words": some(len(WORDS), WIDTH), "positions": some(LONGEST + 2, WIDTH)}
    weights |= {"words.scale": np.ones(len(WORDS), dtype=np.float32)}
    norms = ["start"]
    for layer in range(LAYERS):
        for name, width in SHAPES.items():
            weights[f"{layer}.{name}"] = some(WIDTH, width)
            weights[f"{layer}.{name}.bias"] = some(width)
        weights[f"{layer}.narrow"] = some(SHAPES["wide"], WIDTH)
        weights[f"{layer}.narrow.bias"] = some(WIDTH)
        norms += [f"{layer}.joined", f"{layer}.narrow"]
    for name in norms:
        weights |= {f"{name}.norm": ones, f"{name}.norm.bias": zeros}
    return weights


WEIGHTS = made_up()
MODEL = SentenceModel(WORDS, WEIGHTS)
FILE = sentence_model_bytes(WORDS, quantised(WEIGHTS), {"digest": "made up"})
SAID = [
    ["my", "bill", "is", "wrong"],
    ["buy", "phones"],
    ["my", "phone", ",", "xyz", "is", "wrong"],
]


def test_words_are_cut_into_pieces_between_a_beginning_and_an_end() -> None:
    assert MODEL.rows(["buy", ",", "phones"]) == [0, 9, 7, 8, 1]
    assert MODEL.rows(["xyz"]) == [0, 2, 1]
    assert len(MODEL.rows(["phones"] * LONGEST)) == LONGEST + 2


def test_what_is_embedded_beside_longer_words_is_embedded_the_same() -> None:
    together = MODEL.vectors([MODEL.rows(said) for said in SAID])
    alone = [MODEL.vectors([MODEL.rows(said)])[0] for said in SAID]
    assert np.allclose(together, alone, atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(embedded(MODEL, SAID), together, atol=1e-5)
    assert not np.allclose(together[0], together[2], atol=0.05)


def test_the_order_of_words_counts() -> None:
    turned = [MODEL.rows(said) for said in (SAID[0], SAID[0][::-1])]
    one, other = MODEL.vectors(turned)
    assert not np.allclose(one, other, atol=0.01)


def test_a_file_of_bytes_means_the_same() -> None:
    model, digest = read_sentence_model(FILE)
    likeness = (embedded(model, SAID) * embedded(MODEL, SAID)).sum(1)
    assert digest == "made up"
    assert likeness.min() > 0.99


@pytest.mark.parametrize(
    "content", [b"", b"else", MAGIC, MAGIC + b"{}\n", MAGIC + b"no json\n", FILE[:-8]]
)
def test_a_damaged_file_is_refused(content: bytes) -> None:
    with pytest.raises(SentenceModelError, match="make second-opinion"):
        read_sentence_model(content)


def learned(**changed: Any) -> dict[str, Any]:
    weights = np.zeros((WIDTH, 3), dtype=np.float32)
    weights[:, 1] = MODEL.vectors([MODEL.rows(SAID[0])])[0] * 20
    said = {"intents": ["sales", "billing", None], "weights": weights.tolist(), "bias": [0.0] * 3}
    return said | {"lesson": read_header()["lesson"], "sentences": "made up"} | changed


def written(tmp_path: Path, **changed: Any) -> tuple[Path, Path]:
    weights, file = tmp_path / "weights.bin", tmp_path / "learned.json"
    weights.write_bytes(FILE)
    file.write_text(json.dumps(learned(**changed)))
    return weights, file


def test_a_judge_names_the_likeliest_and_how_likely_it_is(tmp_path: Path) -> None:
    intent, confidence = sentence_judge(*written(tmp_path)).judge(SAID[0])
    assert intent == "billing"
    assert confidence > 0.99
    assert SentenceJudge(MODEL, learned(bias=[9.0, 0.0, 30.0])).judge(SAID[0])[0] is None


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"lesson": "older examples"}, "stale"),
        ({"sentences": "other weights"}, "other weights"),
        ({"weights": [[0.0]]}, "damaged"),
        ({"intents": ["sales"]}, "damaged"),
    ],
)
def test_parts_of_different_makings_are_not_put_together(
    tmp_path: Path, changed: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(SentenceModelError, match=complaint):
        sentence_judge(*written(tmp_path, **changed))


def test_a_layer_that_is_absent_or_empty_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "contact_center.understanding.adapters.sentence_judge.WEIGHTS_PACKAGE"
    monkeypatch.setattr(name, "nowhere_to_be_found")
    with pytest.raises(SentenceModelError, match="layer of the second opinion is absent"):
        sentence_judge()
    (tmp_path / "empty_weights").mkdir()
    (tmp_path / "empty_weights" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(name, "empty_weights")
    with pytest.raises(SentenceModelError, match="no weights: run `make second-opinion`"):
        sentence_judge()


def test_what_was_learned_is_up_to_date_with_the_config() -> None:
    assert is_learned(read_lesson()), "run `make second-opinion`"
    told = json.loads(LEARNED_FILE.read_text())
    assert tuple(told["intents"]) == read_lesson().intents
    assert np.array(told["weights"]).shape == (WIDTH, len(told["intents"]))
    assert told["sentences"] in pinned_digests()


def test_examples_that_were_edited_make_it_stale(capsys: pytest.CaptureFixture[str]) -> None:
    lesson = read_lesson()
    assert not is_learned(Lesson(lesson.intents, lesson.examples, "edited"))
    assert main(["--check"]) == 0
    assert "up to date" in capsys.readouterr().out


def test_what_is_learned_tells_examples_apart_and_is_calibrated_on_groups_kept_aside() -> None:
    vague, clear = ["my phone is", "buy a bill"], ["my bill is wrong", "buy a phone"]
    texts, labels = [*clear * 10, *vague * 10], [0, 1] * 10 + [2] * 20
    groups = [GENERAL_GROUPS + 1 + row // 8 for row in range(40)]
    examples = Examples(texts, np.array(labels), np.array(groups))
    judge = SentenceJudge(MODEL, learn(Lesson(("billing", "sales", None), examples, ""), MODEL))
    assert [judge.judge(text.split())[0] for text in clear] == ["billing", "sales"]
    assert [judge.judge(text.split())[0] for text in vague] == [None, None]
    assert min(judge.judge(text.split())[1] for text in clear) > 0.9
