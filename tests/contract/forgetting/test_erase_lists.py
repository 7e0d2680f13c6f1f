"""A row goes from a list however its number is written, as long as an import makes a contact of it.

The importer reads dashes, blanks and digits of any script; whoever erases has to see the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.forgetting.adapters.erase_lists import ListsEraser
from contact_center.forgetting.services.forget_ports import Person
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.kernel.time_left import always
from contact_center.lists.adapters.s3_files import S3Files
from contact_center.lists.domain.cells import first_number
from tests.fakes.campaign_stores import FakeCampaigns, FakeContacts, FakeImports

if TYPE_CHECKING:
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

HIS = "+14155550123"
KEY = "imports/c-1.one/list.csv"
PERSON = Person(number=HIS, until_ms=2**50, civil_until_ms=2**50)

WRITTEN = {
    "no-break blanks": "415\u00a0555\u00a00123",
    "narrow blanks": "415\u202f555\u202f0123",
    "no-break hyphens": "415\u2011555\u20110123",
    "dashes": "415\u2013555\u20130123",
    "minus signs": "415\u2212555\u22120123",
    "full width": "\uff14\uff11\uff15\uff15\uff15\uff15\uff10\uff11\uff12\uff13",
    "full width brackets": "\uff08415\uff09 555 0123",
    "Arabic digits": "\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0662\u0663",
    "an unseen sign within": "415555\u200b0123",
    "marks of direction": "\u202a415\u200e-555\u200e-0123\u202c",
    "soft hyphens": "415\u00ad555\u00ad0123",
    "middle dots": "415\u00b7555\u00b70123",
    "brackets and dashes": "+1 (415) - 555 - 0123",
}


KNOWN_TO_WINDOWS = {
    "no-break blanks",
    "dashes",
    "soft hyphens",
    "middle dots",
    "brackets and dashes",
}
EACH = [
    pytest.param(said, encoding, id=f"{name}, {encoding}")
    for name, said in WRITTEN.items()
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252")
    if encoding != "cp1252" or name in KNOWN_TO_WINDOWS
]


@pytest.mark.parametrize(("written", "encoding"), EACH)
def test_whatever_an_import_takes_for_his_number_goes(
    account: Account, written: str, encoding: str
) -> None:
    body = f"phone,name\r\n{written},Jane\r\n4155550199,\u00c9va\r\n".encode(encoding)
    assert parse_phone_number(first_number(written)[0]).e164 == HIS
    s3, bucket = account.client("s3"), account.reports_bucket
    s3.put_object(Bucket=bucket, Key=KEY, Body=body)
    eraser = ListsEraser(S3Files(lambda: s3, bucket), FakeImports(FakeContacts(FakeCampaigns())))

    assert eraser.erase(PERSON, always).count == 1

    left = s3.get_object(Bucket=bucket, Key=KEY)["Body"].read().decode(encoding)
    assert left == "phone,name\r\n\n4155550199,\u00c9va\r\n"
