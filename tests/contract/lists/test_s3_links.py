"""Links to files, used as whoever gets one uses it: with nothing else in hand."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from contact_center.aws.boto3_clients import Boto3Clients
from contact_center.kernel.system_clock import SystemClock
from contact_center.lists.adapters.s3_links import UPLOAD_SECONDS, S3Links
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from email.message import Message

    from tests.emulator import Account

KEY = "imports/c1.i/list.csv"
BODY = b"phone\n+12125550123\n"


def links_of(account: Account) -> S3Links:
    environment = account.environment
    clients = Boto3Clients(
        region=environment["AWS_REGION"],
        access_key=environment["AWS_ACCESS_KEY_ID"],
        secret_key=environment["AWS_SECRET_ACCESS_KEY"],
        session_token=environment["AWS_SESSION_TOKEN"],
        endpoint_url=account.endpoint_url,
    )
    return S3Links(clients.s3_links, account.reports_bucket, SystemClock())


def asked(method: str, url: str, body: bytes | None = None) -> tuple[int, bytes, Message]:
    where = urlsplit(url)
    connection = HTTPConnection(where.netloc, timeout=LIVENESS_SECONDS)
    try:
        connection.request(method, f"{where.path}?{where.query}", body)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


@pytest.mark.emulator
def test_a_file_goes_up_by_one_link_and_comes_down_by_another(account: Account) -> None:
    links = links_of(account)
    assert asked("PUT", links.upload(KEY, None).url, BODY)[0] == 200

    status, body, headers = asked("GET", links.download(KEY, "list.csv").url)
    assert (status, body) == (200, BODY)
    assert headers["Content-Disposition"] == 'attachment; filename="list.csv"'


@pytest.mark.emulator
def test_a_link_is_for_one_file_one_verb_and_one_size(account: Account) -> None:
    links = links_of(account)
    upload, exact = links.upload(KEY, None).url, links.upload(KEY, len(BODY)).url

    assert asked("GET", upload)[0] == 403
    assert asked("DELETE", upload)[0] == 403
    assert asked("PUT", upload.replace("c1.i", "c2.i"), BODY)[0] == 403
    assert asked("PUT", exact, BODY + b"+12125550124\n")[0] == 403


@pytest.mark.emulator
def test_a_link_for_one_size_takes_a_file_of_that_size(account: Account) -> None:
    assert asked("PUT", links_of(account).upload(KEY, len(BODY)).url, BODY)[0] == 200


@pytest.mark.emulator
def test_a_link_says_when_it_expires(account: Account) -> None:
    link = links_of(account).upload(KEY, None)
    ahead_ms = link.expires_at_ms - SystemClock().now_ms()
    assert 0 <= UPLOAD_SECONDS * 1000 - ahead_ms < 60_000
    assert parse_qs(urlsplit(link.url).query)["X-Amz-Expires"] == [str(UPLOAD_SECONDS)]


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_on_aws_a_link_leads_to_the_bucket_in_its_region(region: str) -> None:
    clients = Boto3Clients(
        region=region, access_key="a", secret_key="b", session_token="c", endpoint_url=None
    )
    links = S3Links(clients.s3_links, "reports", SystemClock())
    where = urlsplit(links.upload(KEY, 12).url)

    assert where.scheme == "https"
    assert where.netloc in {f"reports.s3.{region}.amazonaws.com", "reports.s3.amazonaws.com"}
    assert region == "us-east-1" or region in where.netloc
    signed = parse_qs(where.query)
    assert signed["X-Amz-SignedHeaders"] == ["content-length;host"]  # nothing only an SDK sends
