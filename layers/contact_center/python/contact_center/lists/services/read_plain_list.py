"""How a list without a header is written: its encoding, and what divides its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.lists.services.contact_csv import (
    DELIMITERS,
    MIXED,
    SAMPLE_BYTES,
    Header,
    detect,
)

if TYPE_CHECKING:
    from contact_center.lists.services.import_ports import Readable


def read_plain_list(files: Readable, key: str) -> Header:
    """Find out how a file of numbers is written, from its beginning.

    Args:
        files: Where the file is.
        key: Its key.

    Returns:
        A header without columns; the rows begin right after the byte order mark.
    """
    sample = files.read(key, 0, SAMPLE_BYTES)
    written = detect(sample)
    codec = "latin-1" if written.encoding == MIXED else written.encoding
    text = sample[written.begins :].decode(codec, "ignore")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((one for one in DELIMITERS if one in first), DELIMITERS[0])
    return Header(written.encoding, delimiter, (), written.begins, 0)
