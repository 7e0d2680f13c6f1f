"""What AWS itself does in the name of our roles: it writes logs, takes messages, starts functions.

No request of ours shows it, so it is read from the template: what a mapping of a queue needs by
AWS's documentation, what a log group of one's own does, and what a schedule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.intrinsics import load_yaml
from tests.permissions.gate import GATE
from tests.permissions.roles import Need, roles, symbolic
from tests.sam import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Iterator

TAKES = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def done_by_aws() -> Iterator[Need]:
    """Every request of that kind."""
    written: Any = load_yaml(TEMPLATE)
    for name, resource in written["Resources"].items():
        if not resource["Type"].endswith("::Function"):
            continue
        said = resource["Properties"]
        role, log = symbolic(said["Role"]), said["LoggingConfig"]["LogGroup"]["Ref"]
        yield Need(role, "logs:CreateLogStream", log)
        yield Need(role, "logs:PutLogEvents", log)
        for event in said.get("Events", {}).values():
            told = event["Properties"]
            if event["Type"] == "SQS":
                queue = symbolic(told["Queue"])
                yield from (Need(role, f"sqs:{action}", queue) for action in TAKES)
            if event["Type"] == "ScheduleV2":
                starter = symbolic(told["RoleArn"])
                yield Need(starter, "lambda:InvokeFunction", f"{name}:live")
                lost = symbolic(told["DeadLetterConfig"]["Arn"])
                yield Need(starter, "sqs:SendMessage", lost)


DONE_BY_AWS = sorted(set(done_by_aws()), key=str)


@pytest.mark.parametrize("role", sorted(roles()))
def test_a_role_may_do_what_aws_does_in_its_name(role: str) -> None:
    needs = [need for need in DONE_BY_AWS if need.role == role]

    assert needs
    assert GATE.judged(needs), GATE.take()
