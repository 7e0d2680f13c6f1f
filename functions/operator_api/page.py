"""The console's page: its document and the files it is made of, sent as they lie in `console/`.

They are read when they are first asked for: no other request pays for them. All files have one
address, which carries the digest of all: what is there never changes, and imports among them
stand as they are written. Only the document, which names that address, is asked for each time.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from operator_api.problems import problem, problem_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).with_name("console")
DOCUMENT = "console.html"
PAGE, OLD_PAGE, ASSETS = "/console", "/dashboard", "/console/assets/"  # as in app.py
RELEASE_LENGTH = 16  # hexadecimal digits of SHA-256
RELEASE = b"{release}"  # where it stands in the document
TELEPHONE = b'<meta name="telephone" content="">\n'  # likewise: where one can try a call, if at all
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",  # a module is UTF-8, a sheet what its document is
    ".mjs": "text/javascript",
    ".css": "text/css",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
NEVER = ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
# What holds of a file, which anybody may have; the rest is read of the document alone, and would be
# a third of what a small file is sent with.
OF_ALL = {"x-content-type-options": "nosniff"}
HEADERS = {
    **OF_ALL,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "permissions-policy": ", ".join(f"{name}=()" for name in NEVER),
    "cross-origin-opener-policy": "same-origin",
}
OF_DOCUMENT = {**HEADERS, "content-security-policy": POLICY, "cache-control": "no-store"}
FOR_EVER = {
    **OF_ALL,
    "cache-control": "max-age=31536000, immutable",
    "vary": "accept-encoding",
}


def page_answer(event: Mapping[str, Any], telephone: str | None = None) -> dict[str, Any]:
    """What such a request is answered with, as API Gateway wants it.

    Args:
        event: The request.
        telephone: The path of a telephone to try a call with: the local system alone has one.
    """
    path = event["rawPath"]
    if path == OLD_PAGE:
        return {"statusCode": 308, "headers": {**HEADERS, "location": PAGE}, "body": ""}
    if path == PAGE:
        document = _files()[DOCUMENT].replace(RELEASE, release().encode())
        offered = TELEPHONE.replace(b'""', f'"{telephone}"'.encode()) if telephone else b""
        document = document.replace(TELEPHONE, offered)
        return _told(event, DOCUMENT, gzip.compress(document, mtime=0), document, OF_DOCUMENT)
    digest, _, name = path.removeprefix(ASSETS).partition("/")
    if digest != release() or name not in _files() or name == DOCUMENT:
        answer = problem_answer(problem(404, "There is no such file in this release of the page."))
        answer["headers"] |= {**HEADERS, "cache-control": "no-store"}
        return answer
    return _told(event, name, _zipped(name), _files()[name], FOR_EVER)


@cache
def release() -> str:
    """The digest of all files, names and bytes, in hexadecimal."""
    digest = hashlib.sha256()
    for name, content in sorted(_files().items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:RELEASE_LENGTH]


@cache
def _files() -> dict[str, bytes]:
    """By name with its folders: everything in `console/` that a browser is sent."""
    return {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.suffix in TYPES
    }


@cache
def _zipped(name: str) -> bytes:
    return gzip.compress(_files()[name], mtime=0)


def _told(
    event: Mapping[str, Any], name: str, zipped: bytes, whole: bytes, kept: Mapping[str, str]
) -> dict[str, Any]:
    headers = {**kept, "content-type": TYPES[Path(name).suffix]}
    asked = {field.lower(): value for field, value in event.get("headers", {}).items()}
    if "gzip" not in asked.get("accept-encoding", ""):
        return {"statusCode": 200, "headers": headers, "body": whole.decode()}
    headers["content-encoding"] = "gzip"
    body = base64.b64encode(zipped).decode()
    return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": True}
