"""Print what has the shape of a secret in the files we keep, a line of JSON each; asks nobody.

Run by the Python of .venvs/audit, where detect-secrets is. Its rules for entropy and for words
such as "token" are left out: they find two hundred of our own names and vectors.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

SHAPES = (
    *("ArtifactoryDetector", "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector"),
    *("DiscordBotTokenDetector", "GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector"),
    *("MailchimpDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector"),
    *("PypiTokenDetector", "SendGridDetector", "SlackDetector", "SquareOAuthDetector"),
    *("StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector"),
)
LARGEST_BYTES = 60_000  # beyond are vectors, schemas and models, made by programs
NOT_TEXT = (".png", ".bin")
OTHERS = ("vendor/", "requirements/")


def main() -> None:
    """Look through what git keeps."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True)  # noqa: S607
    settings = {"plugins_used": [{"name": name} for name in SHAPES], "filters_used": []}
    with transient_settings(settings):
        for name in listed.stdout.split("\0")[:-1]:
            if _is_looked_into(name):
                for found in scan_file(name):
                    told = {"file": name, "kind": found.type, "line": found.line_number}
                    print(json.dumps(told))


def _is_looked_into(name: str) -> bool:
    file = Path(name)
    is_ours = not name.endswith(NOT_TEXT) and not any(other in name for other in OTHERS)
    return is_ours and file.is_file() and file.stat().st_size <= LARGEST_BYTES


if __name__ == "__main__":
    main()
