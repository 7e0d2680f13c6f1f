"""Lines held by calls that were not placed here, and who is in them: in once, and out once.

Without a client of its own: the door writes by its lean connection, everybody else by boto3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.adapters.customer_write import CUSTOMER, customer_write
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.services.dialing_ports import LineClaim
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.ports import ContentionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.aws.dynamodb.writes import Refusal, Write
    from contact_center.dialing.services.ledger_ports import CustomerChange

TRIES = 4

_HELD, _FULL, _ENDED = "held", "full", "ended"


class HeldLines:
    """What LineBook and VisitLines write on the dialing table."""

    def __init__(
        self,
        transact: Callable[[Sequence[Write]], tuple[Refusal, ...]],
        table: str,
        account: str,
    ) -> None:
        """Keep how to write.

        Args:
            transact: Writes all or nothing and returns the conditions that did not hold.
            table: Name of the dialing table.
            account: Whose lines they are.
        """
        self._transact = transact
        self._table = table
        self._account = account
        self._writes = LineWrites(table, account)

    def admit(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        """Count a call in, and its customer, unless it is counted or is known to have ended.

        Returns:
            False when it was counted or ended before.

        Raises:
            ConditionLostError: The customer has changed; nothing is written.
            ContentionError, StoreUnavailableError: To be told again.
        """
        not_over = self._writes.absent(self._writes.ended_key(holder))
        number = None if caller is None else caller.after.number
        take = self._writes.take(holder, at_ms, None, number)
        return self._written([*take, not_over, *self._customer(caller, at_ms)])

    def claim(
        self,
        holder: str,
        claim: str,
        at_ms: int,
        below: int,
        caller: CustomerChange | None = None,
    ) -> LineClaim:
        """Hold a line for one call of a holder, while fewer than `below` are in use.

        Raises:
            ConditionLostError: The customer has changed; nothing is written.
            ContentionError, StoreUnavailableError: Nobody knows, or to be tried again.
        """
        number = None if caller is None else caller.after.number
        lease, count = self._writes.take(holder, at_ms, below, number, claim)
        lease.request["Put"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        writes = [
            lease._replace(label=_HELD),
            count._replace(label=_FULL),
            self._writes.absent(self._writes.ended_key(holder), _ENDED),
            *self._customer(caller, at_ms),
        ]
        lost = {refusal.label: refusal.stands for refusal in self._transact(writes)}
        if not lost:
            return LineClaim.TAKEN
        if _HELD in lost:
            mine = (lost[_HELD] or {}).get("claim") == {"S": claim}
            return LineClaim.TAKEN if mine else LineClaim.HELD
        if _ENDED in lost:
            return LineClaim.ENDED
        if _FULL in lost:
            return LineClaim.FULL
        raise ConditionLostError(frozenset(lost))

    def note(self, holder: str, at_ms: int, caller: CustomerChange) -> bool:
        """A customer talks with us though no line is held for it, unless the holder has ended.

        Returns:
            False when it has.

        Raises:
            ConditionLostError: The customer has changed; nothing is written.
            ContentionError, StoreUnavailableError: To be told again.
        """
        not_over = self._writes.absent(self._writes.ended_key(holder))
        return self._written([not_over, *self._customer(caller, at_ms)])

    def release(self, holder: str, claim: str) -> bool:
        """A call of a holder is over, and the holder is not: free the line if it is that call's.

        Returns:
            False when the line is another call's, or was freed before.

        Raises:
            ContentionError, StoreUnavailableError: To be told again.
        """
        return self._written(self._writes.free(holder, claim))

    def leave(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        """The call ended: count it and its customer out, and remember that it ended.

        Returns:
            False when it held no line.

        Raises:
            ConditionLostError: The customer has changed; nothing is written.
            ContentionError, StoreUnavailableError: To be told again.
        """
        also = [self._writes.remember_ended(holder, at_ms), *self._customer(caller, at_ms)]
        for _ in range(TRIES):
            if self._written([*self._writes.free(holder), *also]):
                return True
            if self._written([self._writes.absent(self._writes.lease_key(holder)), *also]):
                return False
        raise ContentionError  # it was admitted or counted out in between, again and again

    def _written(self, writes: list[Write]) -> bool:
        """Whether it was written; not when the line's own conditions were lost."""
        lost = {refusal.label for refusal in self._transact(writes)}
        if lost == {CUSTOMER}:
            raise ConditionLostError(frozenset(lost))
        return not lost

    def _customer(self, change: CustomerChange | None, at_ms: int) -> list[Write]:
        return [] if change is None else [customer_write(self._table, change, at_ms // 1000)]
