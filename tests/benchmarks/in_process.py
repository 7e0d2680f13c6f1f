"""Run by a bare interpreter: calls a handler again and again and says what CPU it used.

    python -S in_process.py module.function < events, one JSON object a line

The first half of the events warms up and is not counted. Prints CPU seconds an event.
"""

import importlib
import json
import sys
import time
from types import SimpleNamespace


def main() -> None:
    out, sys.stdout = sys.stdout, sys.stderr  # what the function prints is not the answer
    module, _, name = sys.argv[1].rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    context = SimpleNamespace(
        aws_request_id="benchmark",
        function_name="benchmark",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:us-east-1:111111111111:function:benchmark",
        get_remaining_time_in_millis=lambda: 6_000,
    )
    events = [json.loads(line) for line in sys.stdin]
    half = len(events) // 2
    for event in events[:half]:
        handler(event, context)
    began = time.process_time()
    for event in events[half:]:
        handler(event, context)
    used = time.process_time() - began
    print(json.dumps(used / (len(events) - half)), file=out)


if __name__ == "__main__":
    main()
