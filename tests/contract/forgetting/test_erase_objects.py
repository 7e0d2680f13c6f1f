"""What the bucket has of a call, found by the call's id and when it began."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from contact_center.forgetting.adapters.bucket import Bucket
from contact_center.forgetting.adapters.customer_items import FoundCall
from contact_center.forgetting.adapters.erase_objects import ReportKeys

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

LATE = datetime(2026, 8, 20, 23, 59, 58, tzinfo=UTC)


def test_a_report_that_did_not_say_when_its_call_began_is_found_under_the_day_it_was_told(
    account: Account,
) -> None:
    s3, bucket = account.client("s3"), account.reports_bucket
    his = {f"reports/2026/08/{day}/c-1.json" for day in (19, 20, 21)}
    others = {"reports/2026/08/22/c-1.json", "reports/2026/08/21/c-11.json"}
    for key in his | others:
        s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    keys_of = ReportKeys(
        Bucket(lambda: s3, bucket), account.client("dynamodb"), account.calls_table
    )
    began_ms = round(LATE.timestamp() * 1000)
    assert set(keys_of(FoundCall(call_id="c-1", began_ms=began_ms))) == his
    assert list(keys_of(FoundCall(call_id="c-1"))) == []  # nobody knows when: 1970
