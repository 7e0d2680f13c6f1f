"""What docs/crm.md tells a reader to type works, and what it names is what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from local.crm.webhook_receiver import SECRET, WebhookReceiver
from tests.liveness import LIVENESS_SECONDS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "crm.md").read_text(encoding="utf-8")
CRM = ROOT / "layers/contact_center/python/contact_center/crm"
WEB = CRM.with_name("web")
ENDING = re.compile(
    r"(?:Later|InDoubt|doubt|Refused|Unknown|NotSent|NotConnectedError)\(|^ +return \""
)
WORD = re.compile(r'"([a-z]+(?:_[a-z]+)*)"')


def example() -> str:
    [block] = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    return str(block)


@pytest.mark.real_clock  # the script takes the machine's
@pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "openssl", "od"))), reason="a tool is missing"
)
@pytest.mark.parametrize("changed", [False, True])
def test_a_message_that_a_reader_signs_is_taken(*, changed: bool) -> None:
    assert SECRET.removeprefix("whsec_") in example()
    with WebhookReceiver() as receiver:
        script = re.sub(r"http://127\.0\.0\.1:\d+", receiver.url, example())
        if changed:
            script = script.replace("\ncurl", "\nBODY=${BODY/ended/ENDED}\ncurl")
        ran = subprocess.run(  # noqa: S603 - our own document's
            ["bash", "-euc", script],  # noqa: S607
            capture_output=True,
            text=True,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "no_proxy": "127.0.0.1"},
            timeout=LIVENESS_SECONDS,
            check=True,
        )
        assert ran.stdout == (
            '{"error": "no signature is right"}' if changed else '{"taken": true}'
        )
        assert len(receiver.events) == (0 if changed else 1)


def test_every_cause_is_explained() -> None:
    texts = [path.read_text("utf-8") for folder in (CRM, WEB) for path in folder.rglob("*.py")]
    lines = [line for text in texts for line in text.splitlines()]
    causes = {word for line in lines if ENDING.search(line) for word in WORD.findall(line)}

    assert {"ambiguous_contact", "validation", "not_json", "timeout", "not_public"} <= causes
    assert [cause for cause in sorted(causes) if f"`{cause}`" not in PAGE] == []
