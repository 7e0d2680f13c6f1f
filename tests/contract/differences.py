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


def _lets_pass(emulator: str, mistake: str, aws_does: str, source: str) -> Difference:
    test = f"aws/test_refused_requests.py::test_what_aws_refuses_is_refused[{mistake}]"
    return Difference(test, emulator, f"lets pass {mistake}", aws_does, source)


GUIDE, API = "DynamoDB Developer Guide", "DynamoDB API Reference"
WORDS = f"{GUIDE}, Reserved words in DynamoDB"
UPDATES = f"{GUIDE}, Using update expressions"
TYPES = f"{GUIDE}, Supported data types and naming rules"

DIFFERENCES = (
    Difference(
        test="lists/test_s3_links.py::test_a_link_is_for_one_file_one_verb_and_one_size",
        emulator="moto",
        emulator_does="checks no signature: whoever has a link may use it for any file",
        aws_does="answers 403 to any request that is not the one which was signed",
        source="S3 API Reference, Authenticating Requests: Using Query Parameters",
    ),
    _lets_pass(
        "moto", "a reserved word in a key condition", "wants a name with # in its place", WORDS
    ),
    _lets_pass(
        "moto",
        "a filter on a key",
        "takes no key attribute in a filter",
        f"{API}, Query, FilterExpression",
    ),
    _lets_pass(
        "moto",
        "a page that goes on in another partition",
        "wants the key at which a page of this query ended",
        f"{API}, Query, ExclusiveStartKey",
    ),
    _lets_pass(
        "moto",
        "an index's key of another type",
        "holds an index's key to its type in AttributeDefinitions",
        f"{API}, PutItem, Item",
    ),
    _lets_pass("moto", "a number of 39 digits", "takes up to 38 digits", TYPES),
    _lets_pass(
        "moto", "a set that holds one thing twice", "wants each value in a set to be unique", TYPES
    ),
    _lets_pass(
        "moto",
        "one token for two transactions",
        "refuses a token that came with other parameters in the last ten minutes",
        f"{API}, TransactWriteItems, ClientRequestToken",
    ),
    _lets_pass(
        "ministack",
        "a reserved word in a filter",
        "refuses it also where no item is found, before it looks for one",
        WORDS,
    ),
    _lets_pass(
        "ministack",
        "a reserved word in a projection",
        "refuses it also where no item is found, before it looks for one",
        WORDS,
    ),
    _lets_pass(
        "ministack",
        "a filter on a key",
        "takes no key attribute in a filter",
        f"{API}, Query, FilterExpression",
    ),
    _lets_pass("ministack", "a comma that is missing", "wants one between two actions", UPDATES),
    _lets_pass("ministack", "one attribute set twice", "takes each path once", UPDATES),
    _lets_pass(
        "ministack", "a list and its first element", "takes no two paths that overlap", UPDATES
    ),
    _lets_pass("ministack", "a sum with a text", "adds numbers only", UPDATES),
    _lets_pass("ministack", "a list appended to a text", "appends a list to a list only", UPDATES),
    _lets_pass(
        "ministack",
        "a delay over a quarter of an hour",
        "takes 0 to 900 seconds",
        "SQS API Reference, SendMessage, DelaySeconds",
    ),
    Difference(
        test="aws/test_refused_requests.py::test_a_file_in_parts_that_are_too_small_is_refused",
        emulator="ministack",
        emulator_does="makes a file of parts of any size",
        aws_does="wants 5 MiB in each part but the last",
        source="S3 API Reference, CompleteMultipartUpload, EntityTooSmall",
    ),
    Difference(
        test="conversations/test_follow_ups.py::test_who_attends_first_stands_and_the_fact_stays_readable",
        emulator="moto",
        emulator_does="leaves out of UPDATED_NEW what was set to the value it had",
        aws_does="returns every attribute that the expression set",
        source=f"{API}, UpdateItem, ReturnValues",
    ),
)
