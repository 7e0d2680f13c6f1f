"""The bucket of reports: one suite for the fake and the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.adapters.s3_reports import S3Reports
from tests.fakes.report_archive import FakeReportArchive

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.messages import ReportArchive
    from tests.emulator import Account

KEY = "reports/2026/08/20/c1.json"


@pytest.fixture(params=["fake", pytest.param("s3", marks=pytest.mark.emulator)])
def archive(request: pytest.FixtureRequest) -> ReportArchive:
    if request.param == "fake":
        return FakeReportArchive()
    account: Account = request.getfixturevalue("account")
    return S3Reports(lambda: account.client("s3"), account.reports_bucket)


def test_what_was_put_comes_back(archive: ReportArchive) -> None:
    archive.put(KEY, b"first")
    archive.put(KEY, b"\x00second\xff")
    assert archive.get(KEY) == b"\x00second\xff"


def test_what_was_never_put_is_a_key_error(archive: ReportArchive) -> None:
    with pytest.raises(KeyError):
        archive.get(KEY)


def test_what_was_deleted_is_gone_and_can_be_deleted_again(archive: ReportArchive) -> None:
    archive.put(KEY, b"first")
    for _ in range(2):
        archive.delete(KEY)
        with pytest.raises(KeyError):
            archive.get(KEY)
