"""Data classes that make a start cheap: what they do is made when it is first asked for.

`dataclasses.dataclass` writes and compiles six methods of each class while its module is imported.
The functions that callers wait for have about 160 such classes, and making them was more than half
of a cold start (docs/performance.md). The fields are dataclasses' own, so `fields`, `replace` and
`asdict` work as ever; a class of these behaves as one of theirs does, and is tested beside it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError, fields
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import Field
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - exported, for mypy
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, kw_only: bool = False, order: bool = False
    ) -> Callable[[type], type]:
        """Make a data class, as `dataclasses.dataclass` would; one that is not frozen is theirs."""
        known = {"slots": slots, "kw_only": kw_only}
        if order or not (frozen and slots):
            return dataclasses.dataclass(frozen=frozen, order=order, **known)
        theirs = dataclasses.dataclass(init=False, repr=False, eq=False, **known)
        return lambda cls: _with_methods(theirs(cls))


class _Made:
    """Stands for a value that is made anew for each instance."""

    def __repr__(self) -> str:
        return "<factory>"


MADE = _Made()


def _equal(self: Any, other: object) -> object:  # noqa: ANN401 - of any such class
    if type(other) is not type(self):
        return NotImplemented
    compared, _ = _values_of(self.__class__)  # type: ignore[arg-type]  # mypy: no hash
    return compared(self) == compared(other)


def _hashed(self: Any) -> int:  # noqa: ANN401 - of any such class
    _, hashed = _values_of(self.__class__)
    return hash(hashed(self))


@recursive_repr()
def _shown(self: Any) -> str:  # noqa: ANN401 - of any such class
    shown = [f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr]
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse(_self: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"cannot change field {name!r}")


def _restore(self: object, state: tuple[None, Mapping[str, object]]) -> None:
    """Take the values of a copy, which are set where nothing else can be."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)


_METHODS = {
    "__eq__": _equal,
    "__hash__": _hashed,
    "__repr__": _shown,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__setstate__": _restore,
}


def _with_methods(cls: type) -> type:
    """A class of fields alone, with what a frozen data class does, unless it says so itself."""

    def first_init(self: object, *given: object, **named: object) -> None:
        made = _init_of(cls)
        setattr(cls, "__init__", made)  # noqa: B010 - mypy wants no method assigned
        made(self, *given, **named)

    for name, method in {**_METHODS, "__init__": first_init}.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return cls


@cache
def _values_of(cls: Any) -> tuple[Callable[[object], object], Callable[[object], object]]:  # noqa: ANN401 - fields' own type is private
    """What of an instance is compared, and what is hashed: the same, unless a field says so."""
    known = fields(cls)
    compared = [each.name for each in known if each.compare]
    hashed = [each.name for each in known if (each.compare if each.hash is None else each.hash)]
    return _getter(compared), _getter(hashed)


def _getter(names: list[str]) -> Callable[[object], object]:
    return attrgetter(*names) if names else lambda _: ()


def _init_of(cls: Any) -> Callable[..., None]:  # noqa: ANN401 - fields' own type is private
    """`__init__`, written and compiled as dataclasses does it.

    A slot's own `__set__` takes six tenths of the time of `object.__setattr__`, which looks for it.
    """
    names: dict[str, Any] = {"_made": MADE}
    given, named, body = ["self"], list[str](), list[str]()
    for each in fields(cls):
        asked, value = _argument(each, names)
        (named if each.kw_only else given).append(asked)
        names[f"_set_{each.name}"] = getattr(cls, each.name).__set__
        body.append(f" _set_{each.name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    arguments = ", ".join([*given, "*", *named] if named else given)
    text = "\n".join([f"def __init__({arguments}):", *body, " return"])
    exec(text, names)  # noqa: S102 - of names of fields alone
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _argument(each: Field[Any], names: dict[str, Any]) -> tuple[str, str]:
    """A field as an argument, and the value that it gives; what both need is put into names."""
    name, kept = each.name, f"_of_{each.name}"
    if each.default is not MISSING:
        names[kept] = each.default
        return f"{name}={kept}", name
    if each.default_factory is not MISSING:
        names[kept] = each.default_factory
        return f"{name}=_made", f"{kept}() if {name} is _made else {name}"
    return name, name
