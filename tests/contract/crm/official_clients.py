"""HubSpot's own client and that of Standard Webhooks at work: a line of JSON in, one out.

{"hubspot": "crm.objects.calls.create", "with": {...}}  → {"told": {...}} or {"refused": 400, ...}
{"verify": {"secret": "whsec_…", "headers": {...}, "body": "…"}}  → {"told": {...}} or {"refused"}
{"sign": {"secret": "whsec_…", "id": "…", "at_s": 1, "body": "…"}}  → {"told": "v1,…"}

.venvs/crm-clients/bin/python tests/contract/crm/official_clients.py BASE_URL TOKEN
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import Any

from hubspot_sdk import APIStatusError, HubSpot
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

type Json = Any


def ask(client: HubSpot, path: str, said: dict[str, Json]) -> Json:
    """Call a method of HubSpot's client; its models check what is answered."""
    method: Any = client
    for name in path.split("."):
        method = getattr(method, name)
    try:
        told = method(**said)
    except APIStatusError as error:
        return {
            "refused": error.status_code,
            "body": error.body,
            "headers": dict(error.response.headers),
        }
    return {"told": None if told is None else told.model_dump(mode="json", by_alias=True)}


def verify(said: dict[str, Json]) -> Json:
    """Whether the library takes a message; it goes by this machine's clock."""
    try:
        return {"told": Webhook(said["secret"]).verify(said["body"], said["headers"])}
    except WebhookVerificationError as error:
        return {"refused": str(error)}


def sign(said: dict[str, Json]) -> Json:
    """The library's signature."""
    at = datetime.fromtimestamp(said["at_s"], tz=UTC)  # it takes any other zone for UTC
    return {"told": Webhook(said["secret"]).sign(said["id"], at, said["body"])}


def main() -> None:
    """Answer until there is no more to answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("token")
    arguments = parser.parse_args()
    client = HubSpot(
        access_token=arguments.token,
        base_url=arguments.url,
        max_retries=0,
        _strict_response_validation=True,
    )
    for line in sys.stdin:
        asked = json.loads(line)
        if "hubspot" in asked:
            answer = ask(client, asked["hubspot"], asked.get("with", {}))
        elif "verify" in asked:
            answer = verify(asked["verify"])
        else:
            answer = sign(asked["sign"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
