"""A desk with national lists."""

from tests.unit.lists.national_desk import desk

__all__ = ["desk"]
