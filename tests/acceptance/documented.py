"""The commands of the documents, and what runs each of them.

A line that a reader is shown is in exactly one of these tables, or a test fails
(tests/functional/test_docs.py). Lines are as a shell splits them, with a blank between words and
without comments; `*` is anything.
"""

from __future__ import annotations

# Run as they stand in a copy of the repository by test_documented_commands.py: the exit status and
# something that is told. 2 is make's own where the command says 1, or says what it lacks.
ALONE = {
    ".venv/bin/python -c import secrets; print(secrets.token_urlsafe(32))": (0, ""),
    ".venv/bin/python -m pre_commit install": (0, "pre-commit installed"),
    ".venv/bin/python -m tools.compile_config --print *": (0, '"name"'),
    ".venv/bin/python -m tools.people_pins pins.json": (0, ""),
    "make accept LIVE=1 TO=+14155550100 FROM=number-id": (2, "They would cost: 10 calls"),
    "make bench PART=capacity": (0, "calls at once"),
    "make bench PART=queueing": (0, "one at a time"),
    "make bench PART=redaction": (0, "an utterance"),
    "make config": (0, "compiled "),
    "make invoke FUNCTION=call_router EVENT=*": (0, '{"batchItemFailures": []}'),
    "make provision": (2, "There is no .env"),
    "make provision PLAN=1": (2, "There is no .env"),
    "make replay SEED=0 PLANTED=consent_ignored": (2, "reached the receiver without consent"),
}
# The same beside `make up`, in this order.
BESIDE_UP = {
    "make provision HERE=1": (0, "read back as wanted"),
    "make doctor": (0, " 0 wrong"),
    "make corrections FROM=* TO=*": (0, "text,route"),
}
# Take long as they stand: what is run in their place, of less, and what is told.
LESS = {
    "make fuzz": ("make fuzz INPUTS=40 SECONDS=10", "40 inputs: nothing found"),
    "make planted": ("make planted ONLY=q-let-go", "1 of 1 mistakes were caught"),
}
# A test does the same: it takes the line from the page, or calls what the line calls; where that
# takes long, of less, fewer or shorter ones.
BY_TEST = {
    "make accept": "tests/functional/accept/test_accept.py",
    "make bench PART=audit": "tests/acceptance/test_bench.py",
    "make bench PART=call": "tests/acceptance/test_bench.py",
    "make bench PART=console": "tests/acceptance/test_bench.py",
    "make bench PART=growth *": "tests/acceptance/test_bench.py",
    "make bench PART=lists *": "tests/acceptance/test_bench.py",
    "make bench PART=planner *": "tests/acceptance/test_bench.py",
    "make bench PART=transfer": "tests/acceptance/test_bench.py",
    "make build bench*": "tests/acceptance/test_bench.py",
    "make demo*": "tests/acceptance/test_demo.py",
    "make eval *": "tests/unit/tools/test_evaluate_intents.py",
    "make load": "tests/acceptance/test_bench.py",
    "make schemathesis": "tests/acceptance/test_schemathesis.py",
    "make up*": "tests/functional/local/test_up.py",
}
# What asks the API, by its page.
ASKING = {
    "by-hand.md": "tests/functional/operator_api/test_operator_commands.py",
    "figures.md": "tests/functional/operator_api/test_operator_commands.py",
    "records.md": "tests/functional/operator_api/test_operator_commands.py",
    "rules-of-your-country.md": "tests/functional/operator_api/test_operator_commands.py",
    "run-a-campaign.md": "tests/functional/campaigns/test_run_a_campaign.py",
}
# `make check` runs these, and but for itself so does `.ci/run`.
OF_CI = {
    "make browser-test*": "browser-test",
    "make build": "package-test",
    "make check": "check",
    "make second-opinion*": "package-test",
    "make test": "test",
    "make test-local": "test-local",
    "make test-long": "test-long",
}
# Their section says so, or their own line.
NEED_AN_ACCOUNT = (
    "aws *",
    "export SECRET=$(aws *",
    "curl -X PATCH https://api.vapi.ai/*",
    "make accept LIVE=1 * ENV=dev *",
    "make deploy *",
    "make destroy *",
    "make doctor ENV=*",
    "make forget-again API=*",
    "make provision ENV=*",
    "make recount-figures * STACK=*",
)
# Of these, what is run on a stack in the emulator: as it is typed, or the code that it calls.
ON_THE_EMULATOR = {
    "make deploy *": "tests/template/test_deploy.py",
    "make destroy *": "tests/template/test_destroy.py",
    "make doctor ENV=*": "tests/functional/doctor/test_deployed.py",
    "make provision ENV=*": "tests/template/test_deploy.py",
}
# What they say where there is no account: that they read their options, and begin nothing. Not
# `make destroy`, which first makes SAM CLI's environment: it is run on the emulator.
WITHOUT_ACCOUNT = {
    "make accept LIVE=1 * ENV=dev *": "They would cost: 10 calls",
    "make deploy *": "not deployed: nobody is here to ask",
    "make doctor ENV=*": "nothing was asked: there are no AWS credentials",
    "make forget-again API=*": "not reached: https://calls.example.com",
    "make provision ENV=*": "not provisioned: there are no AWS credentials",
    "make recount-figures * STACK=*": "not recounted: there are no credentials",
}
# A reader's own: his editor, where he has this from, a tunnel to his machine.
HIS_OWN = (
    "$EDITOR *",
    "cd switchboard",
    "cloudflared *",
    "export $(grep *",
    "export FIELD=*",
    "export PYTHONPATH=*",
    "git clone *",
    ".venvs/sam/bin/sam local invoke *",  # Docker
)
