"""How a national list is written: one with a header, or numbers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.lists.domain.columns import names_a_phone
from contact_center.lists.services.contact_csv import Place
from contact_center.lists.services.file_lines import MIXED, SAMPLE_BYTES, detect
from contact_center.lists.services.list_header import (
    DELIMITERS,
    Header,
    NoHeaderError,
    read_header,
)

if TYPE_CHECKING:
    from contact_center.lists.services.import_ports import Readable


def read_national_header(files: Readable, key: str) -> Header:
    """Find out how a national list is written, from its beginning.

    Args:
        files: Where the file is.
        key: Its key.

    Returns:
        The header; of a list that is only numbers one without columns, whose rows begin right
        after the byte order mark.
    """
    try:
        return read_header(files, key, names_a_phone)
    except NoHeaderError:
        return _plain(files, key)


def _plain(files: Readable, key: str) -> Header:
    sample = files.read(key, 0, SAMPLE_BYTES)
    written = detect(sample)
    codec = "latin-1" if written.encoding == MIXED else written.encoding
    text = sample[written.begins :].decode(codec, "ignore")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((one for one in DELIMITERS if one in first), DELIMITERS[0])
    place = Place(encoding=written.encoding, delimiter=delimiter, offset=written.begins)
    return Header((), 0, 0, place)
