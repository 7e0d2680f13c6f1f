"""The file of the intent model: up to date with the config, and refused when damaged."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from contact_center.understanding.adapters import intent_model_file
from contact_center.understanding.adapters.intent_model_file import (
    MAGIC,
    MODEL_FILE,
    IntentModelError,
    load_intent_model,
    read_header,
)
from contact_center.understanding.domain.intent_text import words
from tools.asking.training import encode, train
from tools.intent_arithmetic import chances
from tools.intent_training import Network, Voices
from tools.intent_words import WordsAlone
from tools.token_vectors import TokenVectors, read_vectors, write_vectors
from tools.train_intents import (
    ExamplesError,
    Trained,
    main,
    read_lesson,
    to_bytes,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_the_model_is_up_to_date_with_the_config() -> None:
    assert read_header()["digest"] == read_lesson().made_from(), "run `make config`"


def test_check_says_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert "up to date" in capsys.readouterr().out


def test_a_stale_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "--out", str(tmp_path / "none.bin")]) == 1
    assert "make config" in capsys.readouterr().out


def test_a_model_of_another_layout_is_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = tmp_path / "older.bin"
    older.write_bytes(b"switchboard-intents-1\n{}\n")

    assert main(["--check", "--out", str(older)]) == 1
    assert "make config" in capsys.readouterr().out


def test_the_model_fits_a_lambda() -> None:
    assert MODEL_FILE.stat().st_size < 6_000_000


def test_run_time_and_training_agree() -> None:
    """Pure Python in a Lambda gets what numpy gets, up to rounding to 16 bits."""
    lesson = read_lesson()
    chosen = slice(0, 400, 10)
    texts, labels = lesson.examples.texts[chosen], lesson.examples.labels[chosen]
    vectors = read_vectors()
    chance = np.random.default_rng(0)
    network = Network(
        chance.normal(0, 0.3, (128, 64)).astype(np.float32),
        chance.normal(0, 0.3, 64).astype(np.float32),
        chance.normal(0, 0.3, (64, len(lesson.intents))).astype(np.float32),
        chance.normal(0, 0.3, len(lesson.intents)).astype(np.float32),
    )
    voices = Voices(network, WordsAlone(texts, labels, len(lesson.intents)))
    asking = train(encode(texts), labels == lesson.vague - 1)
    content = to_bytes(lesson, Trained(voices, 0.9, asking), vectors)
    assert content == to_bytes(lesson, Trained(voices, 0.9, asking), vectors)
    model = intent_model_file.intent_model(content, 0.6)
    there = chances(voices.scores(vectors.encode(texts), texts) / np.float32(0.9))
    here = np.array([model.chances(words(text)) for text in texts])
    assert np.abs(there - here).max() < 0.005


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"something else",
        MAGIC,
        MAGIC + b"{}\n",
        MAGIC + b"no json\n",
        MAGIC + json.dumps({"token_bytes": 1, "term_bytes": 1}).encode() + b"\nab",
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.bin"
    file.write_bytes(content)
    with pytest.raises(IntentModelError, match="make config"):
        load_intent_model(0.6, file)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.bin"
    file.write_bytes(MODEL_FILE.read_bytes()[:-2])
    with pytest.raises(IntentModelError, match="damaged"):
        load_intent_model(0.6, file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IntentModelError, match="missing"):
        load_intent_model(0.6, tmp_path / "model.bin")


def test_another_magic_has_no_header(tmp_path: Path) -> None:
    file = tmp_path / "model.bin"
    file.write_bytes(b"else\n{}\n")
    with pytest.raises(IntentModelError):
        read_header(file)


def test_a_machine_that_counts_the_other_way_reads_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = memoryview(b"\x01\x00\x00\x01")
    assert intent_model_file._numbers(table).tolist() == [1, 256]
    monkeypatch.setattr(sys, "byteorder", "big")
    assert intent_model_file._numbers(table).tolist() == [256, 1]


def test_token_vectors_survive_their_file(tmp_path: Path) -> None:
    file = tmp_path / "vectors.bin"
    numbers = np.array([[1.0, -0.5], [0.01, 0.02]], dtype=np.float32)
    write_vectors(file, ["pay", "##ing"], numbers, {"licence": "mine"})
    back = read_vectors(file)
    assert dict(back.row_of) == {"pay": 0, "##ing": 1}
    assert np.abs(back.vectors - numbers).max() < 0.01
    file.write_bytes(b"else")
    with pytest.raises(ValueError, match="token vectors"):
        read_vectors(file)


def test_an_unknown_utterance_is_zeros() -> None:
    vectors = TokenVectors({"pay": 0}, np.ones((1, 4), dtype=np.float32))
    assert vectors.encode(["???"]).tolist() == [[0, 0, 0, 0]]


class TestExamples:
    """What an owner can get wrong."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "departments.toml").write_text('[[departments]]\nkey = "parts"\n')
        examples = tmp_path / "examples"
        examples.mkdir()
        for key in ("parts", "person", "unclear"):
            lines = "\n".join(f"{key} number {index}" for index in range(25))
            (examples / f"{key}.txt").write_text(f"# head\n{lines}\n# more\n{key} last\n")
        return tmp_path

    def test_a_new_department_needs_no_code(self, folder: Path) -> None:
        lesson = read_lesson(folder)
        assert lesson.intents == ("parts", "person", None)
        assert len(lesson.examples.texts) == 78
        assert set(lesson.examples.groups.tolist()) == {1, 2}

    def test_a_change_changes_the_digest(self, folder: Path) -> None:
        before = read_lesson(folder).digest
        assert read_lesson(folder).digest == before
        with (folder / "examples/parts.txt").open("a") as file:
            file.write("one more\n")
        assert read_lesson(folder).digest != before

    def test_a_missing_file_is_named(self, folder: Path) -> None:
        (folder / "examples/parts.txt").unlink()
        with pytest.raises(ExamplesError, match=r"parts\.txt is missing"):
            read_lesson(folder)

    def test_too_few_are_counted(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "examples/parts.txt").write_text("just one\n")
        assert main(["--config", str(folder)]) == 1
        assert "has 1 examples" in capsys.readouterr().err

    def test_one_line_in_two_files_is_shown(self, folder: Path) -> None:
        with (folder / "examples/person.txt").open("a") as file:
            file.write("Parts number 3\n")
        with pytest.raises(ExamplesError, match="also in examples/parts"):
            read_lesson(folder)
