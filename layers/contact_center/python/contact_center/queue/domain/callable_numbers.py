"""Whether a number can be called back, told at the door, where a caller waits for the answer.

The numbering library takes longer to load than the door may take to answer. So it is asked when
the configuration is compiled: for which area codes of the North American plan a number is callable
(configuration/callable_areas.py); what is refused within them is here, and a test holds both to the
same verdict. Numbers of other plans are not offered a call back at the door.
"""

from __future__ import annotations

import re

from contact_center.kernel.data_classes import dataclass

_WRITTEN = re.compile(r"(?:\+?1)?([0-9]{3})([2-9][0-9]{2})([0-9]{4})")
_REFUSED_EXCHANGES = frozenset({"950", "958", "959", "976"})
_TEST_LINE = re.compile(r"01[0-9]{2}")


@dataclass(frozen=True, slots=True)
class CallableNumbers:
    """The numbers that can be called.

    Attributes:
        areas: Area codes.
        test_numbers: Whether those of test ranges are among them.
    """

    areas: frozenset[str]
    test_numbers: bool = False

    def read(self, text: str) -> str | None:
        """A number as it is shown or keyed in, as E.164; None: it cannot be called.

        Args:
            text: Ten digits, with or without 1 or +1 before them.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None or found[1] not in self.areas:
            return None
        area, exchange, line = found.groups()
        refused = exchange in _REFUSED_EXCHANGES or exchange.endswith("11")
        if refused or exchange + line == "5551212":
            return None
        is_test = area + exchange == "415555" or (exchange == "555" and _TEST_LINE.fullmatch(line))
        return None if is_test and not self.test_numbers else f"+1{area}{exchange}{line}"
