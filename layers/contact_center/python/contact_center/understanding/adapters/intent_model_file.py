"""Reads the built intent model from its file.

The file is made by `python -m tools.train_intents` (part of `make config`) and committed. Its
layout: a magic line, one line of JSON (the header), the tokens and then the terms joined by line
feeds, for each of them a row of little-endian 16-bit numbers, and a weight each of such numbers for
the slots by which asking for a person is scored.
"""

from __future__ import annotations

import json
import sys
from array import array
from typing import TYPE_CHECKING, Any

from contact_center.config import COMPILED_FOLDER
from contact_center.understanding.domain.asking import Asking
from contact_center.understanding.domain.intents import IntentModel, IntentTables

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"switchboard-intents-2\n"
MODEL_FILE = COMPILED_FOLDER / "intent_model.bin"


class IntentModelError(Exception):
    """The model file cannot be used; the message says what to run."""


def read_header(path: Path = MODEL_FILE) -> dict[str, Any]:
    """Read what a model file says about itself.

    Args:
        path: the file.

    Returns:
        Its header: intents, sizes, small weights, digests of its lesson and of all its inputs.
    """
    with path.open("rb") as file:
        if file.readline() != MAGIC:
            raise IntentModelError(f"{path.name} is no intent model: run `make config`")
        header: dict[str, Any] = json.loads(file.readline())
        return header


def load_intent_model(act_from: float, path: Path = MODEL_FILE) -> IntentModel:
    """Load a model.

    Args:
        act_from: a best guess less likely than this is none.
        path: the file that tools/train_intents.py wrote.

    Returns:
        The classifier, ready to hear.

    Raises:
        IntentModelError: if the file is absent, of another layout or cut short.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise IntentModelError(f"{path.name} is missing: run `make config`") from error
    return intent_model(content, act_from, path.name)


def intent_model(content: bytes, act_from: float, name: str = "model") -> IntentModel:
    """Make a classifier of a model file's content.

    Args:
        content: the file's bytes.
        act_from: a best guess less likely than this is none.
        name: what to call it in an error.

    Returns:
        The classifier, ready to hear.

    Raises:
        IntentModelError: if the content is of another layout or cut short.
    """
    if not content.startswith(MAGIC):
        raise IntentModelError(f"{name} is no intent model: run `make config`")
    try:
        return IntentModel(intent_tables(content), act_from)
    except (ValueError, KeyError, TypeError) as error:
        raise IntentModelError(f"{name} is damaged: run `make config`") from error


def intent_tables(content: bytes) -> IntentTables:
    """Read a model file's content.

    Args:
        content: the file's bytes; it begins with `MAGIC`.

    Returns:
        Its numbers.

    Raises:
        ValueError, KeyError, TypeError: if it is damaged.
    """
    line_end = content.index(b"\n", len(MAGIC))
    header: dict[str, Any] = json.loads(content[len(MAGIC) : line_end])
    terms_start = line_end + 1 + header["token_bytes"]
    tables_start = terms_start + header["term_bytes"]
    tokens = content[line_end + 1 : terms_start].decode().split("\n")
    terms = content[terms_start:tables_start].decode().split("\n")
    tables = memoryview(content)[tables_start:]
    token_numbers = len(tokens) * (len(header["hidden_bias"]) + 1)
    term_numbers = len(terms) * (len(header["intents"]) + 1)
    slots = header["asking"].pop("slots")
    if len(tables) != 2 * (token_numbers + term_numbers + slots):
        raise ValueError("tables and their rows differ in length")
    terms_end = 2 * (token_numbers + term_numbers)
    return IntentTables(
        intents=header["intents"],
        tokens=dict(zip(tokens, range(len(tokens)), strict=True)),
        token_rows=_numbers(tables[: 2 * token_numbers]),
        hidden_scale=header["hidden_scale"],
        hidden_bias=header["hidden_bias"],
        output_weights=header["output_weights"],
        output_bias=header["output_bias"],
        terms=dict(zip(terms, range(len(terms)), strict=True)),
        term_rows=_numbers(tables[2 * token_numbers : terms_end]),
        asking=Asking(weights=_numbers(tables[terms_end:]), **header["asking"]),
    )


def _numbers(table: memoryview[int]) -> memoryview[int]:
    """View 16-bit little-endian numbers; copied only where the machine counts the other way."""
    if sys.byteorder == "little":
        return table.cast("h")
    swapped = array("h", table.tobytes())
    swapped.byteswap()
    return memoryview(swapped)
