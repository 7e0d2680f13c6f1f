"""What a long queue costs in the emulator: `python -m tests.benchmarks.load.long_queue`.

SQS takes as long for a message whether a hundred or a million wait with it. The emulator looks
through all of them at each receive, so what has fallen behind in a load here falls further behind:
a figure of `make load` in which facts waited by thousands is one of the emulator.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.cloud.children import Children
from local.cloud.emulator import Emulator, EmulatorError
from tests.benchmarks.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

LENGTHS = (100, 2_000, 8_000, 24_000)
BATCH = 10  # sent in one request
TURNS = 40  # messages that are received and deleted at each length
BODY = json.dumps({"message": "x" * 800})  # as long as a fact


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.load.long_queue", description=__doc__
    )
    parser.parse_args(argv)
    children = Children()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            Emulator(children, Path(folder)) as emulator,
        ):
            _measure(emulator.client("sqs"))
    except EmulatorError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        children.close()
    return 0


def _measure(sqs: Any) -> None:
    queue = sqs.create_queue(QueueName="long", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    waits, first = 0, 0.0
    print(f"{'messages that wait':>18}  {'received and deleted':>21}  {'beside the first':>16}")
    for length in LENGTHS:
        progress = Progress("messages", length)
        while waits < length:
            entries = [{"Id": str(number), "MessageBody": BODY} for number in range(BATCH)]
            sqs.send_message_batch(QueueUrl=queue, Entries=entries)
            waits += BATCH
            progress.at(waits)
        pace = _pace(sqs, queue)
        waits -= TURNS
        first = first or pace
        print(f"{length:>18,}  {pace:>13,.0f} a second  {pace / first:>16.2f}", flush=True)


def _pace(sqs: Any, queue: str) -> float:
    """Messages a second, received and deleted one by one, as call events are, by one alone."""
    began = time.monotonic()
    for _ in range(TURNS):
        [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return TURNS / (time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
