"""The ledger of attempts, as a fake and on the real tables."""

from tests.contract.dialing.ledger_world import real, world

__all__ = ["real", "world"]
