"""Those who wait, as a fake and on the real table."""

from tests.contract.queue.queue_world import real, world

__all__ = ["real", "world"]
