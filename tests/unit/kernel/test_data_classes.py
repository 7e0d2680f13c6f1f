"""Our data classes do what those of the library do, in whatever way they are asked."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, field
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.kernel import data_classes

if TYPE_CHECKING:
    from collections.abc import Callable

FROZEN = {"frozen": True, "slots": True}
NAMED = {**FROZEN, "kw_only": True}


def callers(make: Callable[..., Any], options: dict[str, bool]) -> Any:
    """A class with a field of each kind that the product has."""

    class Caller:
        """Somebody who rings."""

        number: str = field(repr=False)
        name: str
        waits_seconds: int = 20
        told: list[str] = field(default_factory=list, hash=False)
        seen_ms: int = field(default=0, compare=False)

        def is_patient(self) -> bool:
            return bool(self.waits_seconds > 10)

    return make(**options)(Caller)


def checked(make: Callable[..., Any]) -> Any:
    """A class that looks at what it is given, and is made of another."""

    class Base:
        """What both have."""

        most: int = 3

    class Checked(make(**NAMED)(Base)):  # type: ignore[misc]
        """With a look."""

        least: int

        def __post_init__(self) -> None:
            if self.least > self.most:
                raise ValueError("least is over most")

    return make(**NAMED)(Checked)


MAKERS = [dataclasses.dataclass, data_classes.dataclass]
both = pytest.mark.parametrize("make", MAKERS, ids=["theirs", "ours"])
each_kind = pytest.mark.parametrize("options", [FROZEN, NAMED], ids=["in order", "by name"])


@both
@each_kind
def test_values_are_kept_compared_and_shown(
    make: Callable[..., Any], options: dict[str, bool]
) -> None:
    caller = callers(make, options)
    ada = caller(number="+14155550120", name="Ada")

    assert (ada.number, ada.name, ada.waits_seconds, ada.told) == ("+14155550120", "Ada", 20, [])
    assert ada == caller(number="+14155550120", name="Ada", seen_ms=9)
    assert ada != caller(number="+14155550120", name="Ben")
    assert ada != ("+14155550120", "Ada", 20, [], 0)
    assert hash(ada) == hash(caller(number="+14155550120", name="Ada", told=["once"]))
    assert hash(ada) != hash(caller(number="+14155550120", name="Ben"))
    assert repr(ada).endswith("Caller(name='Ada', waits_seconds=20, told=[], seen_ms=0)")
    assert ada.is_patient()


@both
@each_kind
def test_what_is_made_anew_is_nobody_elses(
    make: Callable[..., Any], options: dict[str, bool]
) -> None:
    caller = callers(make, options)
    first, second = (caller(number="1", name="Ada") for _ in range(2))

    first.told.append("once")

    assert second.told == []


@both
@each_kind
def test_the_library_knows_the_fields(make: Callable[..., Any], options: dict[str, bool]) -> None:
    caller = callers(make, options)
    ada = caller(number="1", name="Ada")

    assert dataclasses.is_dataclass(caller)
    assert [one.name for one in dataclasses.fields(ada)] == list(caller.__annotations__)
    assert dataclasses.asdict(ada)["waits_seconds"] == 20
    assert dataclasses.astuple(ada) == ("1", "Ada", 20, [], 0)
    changed = dataclasses.replace(ada, name="Ben")
    assert (type(changed), changed.name, changed.number) == (caller, "Ben", "1")


@both
@each_kind
def test_nothing_is_changed_afterwards(make: Callable[..., Any], options: dict[str, bool]) -> None:
    ada = callers(make, options)(number="1", name="Ada")

    with pytest.raises(FrozenInstanceError):
        ada.name = "Ben"
    with pytest.raises(FrozenInstanceError):
        del ada.name
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        ada.other = 1
    assert not hasattr(ada, "__dict__")
    assert ada.name == "Ada"


@both
@each_kind
@pytest.mark.parametrize(
    "given",
    [{}, {"number": "1"}, {"number": "1", "name": "Ada", "other": 1}],
    ids=["nothing", "too little", "something else"],
)
def test_what_is_missing_or_unknown_is_refused(
    make: Callable[..., Any], options: dict[str, bool], given: dict[str, Any]
) -> None:
    caller = callers(make, options)

    for _ in range(2):  # before its method is made, and after
        with pytest.raises(TypeError, match=r"Caller\.__init__\(\)"):
            caller(**given)


@both
def test_arguments_go_by_name_alone_where_it_says_so(make: Callable[..., Any]) -> None:
    assert callers(make, FROZEN)("1", "Ada", 5).waits_seconds == 5
    with pytest.raises(TypeError):
        callers(make, NAMED)("1", "Ada", 5)


@both
def test_what_a_class_looks_at_is_looked_at(make: Callable[..., Any]) -> None:
    made = checked(make)

    assert (made(least=2).least, made(least=2).most) == (2, 3)
    with pytest.raises(ValueError, match="least is over most"):
        made(least=4)


@both
def test_values_are_matched_in_order(make: Callable[..., Any]) -> None:
    caller = callers(make, FROZEN)

    match caller("1", "Ada"):
        case caller(number, name):
            assert (number, name) == ("1", "Ada")
        case _:
            pytest.fail("it was not matched")


@data_classes.dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """Found by its name, as whatever is copied to another process must be."""

    number: str
    told: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))],  # noqa: S301 - ours
    ids=["copy", "deepcopy", "pickle"],
)
def test_a_copy_is_the_same(again: Callable[[Copied], Copied]) -> None:
    first = Copied(number="1", told=("once",))

    assert again(first) == first
    assert again(first) is not first


def test_a_class_that_has_itself_in_it_is_shown() -> None:
    caller = callers(data_classes.dataclass, FROZEN)
    ada = caller("1", "Ada")

    ada.told.append(ada)

    assert "told=[...]" in repr(ada)


def test_a_class_that_can_be_changed_is_the_library_s() -> None:
    @data_classes.dataclass(slots=True)
    class Count:
        """One that counts."""

        calls: int = 0

    count = Count()
    count.calls += 1

    assert count == Count(1)
    assert "calls" in inspect.signature(Count).parameters


def test_nothing_is_compiled_before_it_is_asked_for() -> None:
    caller = callers(data_classes.dataclass, FROZEN)
    before = caller.__init__

    caller("1", "Ada")

    assert before is not caller.__init__
    assert caller.__init__.__qualname__.endswith("Caller.__init__")
