"""Where an emulator does not do as AWS does: each test that must fail there, and why.

The contract tests run on two emulators (`make test` on ministack, `make moto` on moto). Where they
disagree, AWS's documentation decides; what the wrong one gets wrong stands here and nowhere
else. A test listed here has to fail on that emulator: once it passes there, its row is to go.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that one emulator gets wrong.

    Attributes:
        test: File below tests/contract, "::" and name, with or without a parameter in brackets.
        emulator: The one that is wrong: "ministack" or "moto".
        emulator_does: What it does.
        aws_does: What AWS does instead.
        source: Where AWS says so.
    """

    test: str
    emulator: str
    emulator_does: str
    aws_does: str
    source: str


DIFFERENCES = (
    Difference(
        test="lists/test_s3_links.py::test_a_link_is_for_one_file_one_verb_and_one_size",
        emulator="moto",
        emulator_does="checks no signature: whoever has a link may use it for any file",
        aws_does="answers 403 to any request that is not the one which was signed",
        source="Amazon S3 API Reference, Authenticating Requests: Using Query Parameters",
    ),
)
