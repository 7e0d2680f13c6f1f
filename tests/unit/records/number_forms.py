"""Forms in which people write and say numbers and addresses, made from a seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAID = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
TIMES = {2: "double", 3: "triple"}

LEADS = (
    *("", "It's ", "My card number is ", "yes, ", "Okay so that's ", "Sure. ", "the number is "),
    *("Oh hang on, I have it here: ", "um ", "My name is Jane and my card is "),
)
ENDS = ("", ".", " thanks", " okay?", ", and it expires soon", " please", "!", " got that?")


type Way = Callable[[str, random.Random], str]


class Form(NamedTuple):
    """Turns of one speaker that hold one number or address between them.

    Attributes:
        secret: The digits, or the words that must not stay.
        how: What the form is called, for a failure.
    """

    turns: tuple[str, ...]
    secret: str
    how: str


def card_number(chance: random.Random) -> str:
    """13 to 19 digits, half of them valid by their check digit."""
    digits = "".join(str(chance.randrange(10)) for _ in range(chance.randint(12, 18)))
    return digits + (check_digit(digits) if chance.random() < 0.5 else str(chance.randrange(10)))


def check_digit(digits: str) -> str:
    """Luhn's."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def plain(digits: str, _: random.Random) -> str:
    return digits


def grouped(digits: str, chance: random.Random, sign: str = " ") -> str:
    size = chance.choice((2, 3, 4, 4, 4, 5, 6))
    return sign.join(digits[at : at + size] for at in range(0, len(digits), size))


def dashed(digits: str, chance: random.Random) -> str:
    return grouped(digits, chance, chance.choice(("-", "-", " - ", ".", "/", ", ", "\u2013", "_")))


def word_by_word(digits: str, chance: random.Random) -> str:
    sign = chance.choice((" ", " ", ", ", "-", ". "))
    zero = chance.choice(("zero", "oh", "o"))
    return sign.join(zero if digit == "0" else SAID[int(digit)] for digit in digits)


def with_doubles(digits: str, chance: random.Random) -> str:
    said = list[str]()
    at = 0
    while at < len(digits):
        same = 1
        while same < 3 and digits[at : at + same + 1] == digits[at] * (same + 1):
            same += 1
        word = SAID[int(digits[at])] if chance.random() < 0.7 else digits[at]
        said.append(f"{TIMES[same]} {word}" if same > 1 else word)
        at += same
    return " ".join(said)


def in_pairs(digits: str, _: random.Random) -> str:
    return " ".join(_pair(digits[at : at + 2]) for at in range(0, len(digits), 2))


def _pair(two: str) -> str:
    if len(two) == 1 or two[0] == "0":
        return " ".join("oh" if digit == "0" else SAID[int(digit)] for digit in two)
    if two[0] == "1":
        return TEENS[int(two[1])]
    return TENS[int(two[0])] + (f" {SAID[int(two[1])]}" if two[1] != "0" else "")


def half_and_half(digits: str, chance: random.Random) -> str:
    cut = chance.randint(1, len(digits) - 1)
    ways: tuple[Way, ...] = (plain, grouped, dashed, word_by_word, with_doubles, in_pairs)
    first, second = chance.sample(ways, 2)
    between = chance.choice((" ", ", ", " and then ", " uh ", " and ", "... ", " then it's "))
    return first(digits[:cut], chance) + between + second(digits[cut:], chance)


def singly(digits: str, _: random.Random) -> str:
    return " ".join(digits)


WAYS: tuple[Way, ...] = (
    *(plain, singly, grouped, dashed, word_by_word, with_doubles, in_pairs, half_and_half),
)


def card_forms(count: int, seed: int = 11) -> Iterator[Form]:
    """Card numbers in one turn, over two turns and over four, in equal shares."""
    chance = random.Random(seed)  # noqa: S311 - forms, no secrets
    for number in range(count):
        digits = card_number(chance)
        over = (1, 2, 4)[number % 3]
        way = WAYS[chance.randrange(len(WAYS))]
        cuts = sorted(chance.sample(range(1, len(digits)), over - 1))
        parts = [digits[a:b] for a, b in zip([0, *cuts], [*cuts, len(digits)], strict=True)]
        said = [way(part, chance) if len(part) > 1 else part for part in parts]
        said[0] = chance.choice(LEADS) + said[0]
        said[1:] = [
            chance.choice(("", "", "and ", "then ", "uh, ", "okay, ")) + one for one in said[1:]
        ]
        said[:-1] = [
            one + chance.choice(("", "", ".", ",", " okay", " and then")) for one in said[:-1]
        ]
        said[-1] += chance.choice(ENDS)
        yield Form(tuple(said), digits, f"{way.__name__} over {over}")


def other_forms(count: int, seed: int = 12) -> Iterator[Form]:
    """Social security numbers, telephone numbers, accounts, addresses and dates of birth."""
    chance = random.Random(seed)  # noqa: S311 - forms, no secrets
    makers = (_ssn, _phone, _account, _email, _birth)
    for number in range(count):
        yield makers[number % len(makers)](chance)


def _digits(chance: random.Random, count: int) -> str:
    return str(chance.randrange(1, 10)) + "".join(
        str(chance.randrange(10)) for _ in range(count - 1)
    )


def _ssn(chance: random.Random) -> Form:
    digits = _digits(chance, 9)
    groups = (digits[:3], digits[3:5], digits[5:])
    if chance.random() < 0.3:
        return Form(tuple(word_by_word(one, chance) for one in groups), digits, "ssn over 3")
    sign = chance.choice(("-", " ", ""))
    said = sign.join(groups) if chance.random() < 0.5 else word_by_word(digits, chance)
    return Form((f"my social security number is {said}",), digits, "ssn")


def _phone(chance: random.Random) -> Form:
    digits = _digits(chance, 10)
    a, b, c = digits[:3], digits[3:6], digits[6:]
    written = (
        f"({a}) {b}-{c}",
        f"{a}-{b}-{c}",
        f"+1 {a} {b} {c}",
        f"{a}.{b}.{c}",
        digits,
        f"1-{a}-{b}-{c}",
    )
    if chance.random() < 0.3:
        return Form((f"call me at {a} {b}", c), digits, "phone over 2")
    said = chance.choice((*written, word_by_word(digits, chance), with_doubles(digits, chance)))
    return Form((f"you can reach me at {said} any time",), digits, "phone")


def _account(chance: random.Random) -> Form:
    digits = _digits(chance, chance.choice((8, 8, 12, 10)))
    said = chance.choice((plain, grouped, dashed, word_by_word))(digits, chance)
    return Form((f"the account number is {said}",), digits, "account")


NAMES = ("jane", "john", "maria", "wei", "olu", "anna", "sam")
LASTS = ("smith", "garcia", "chen", "miller", "okafor", "lee")
HOSTS = ("gmail", "yahoo", "acme", "example", "outlook", "my-company", "fast mail")
ENDINGS = (("com",), ("org",), ("net",), ("co", "uk"), ("io",), ("de",))


def _email(chance: random.Random) -> Form:
    first, last, host = (chance.choice(words) for words in (NAMES, LASTS, HOSTS))
    ending = chance.choice(ENDINGS)
    if chance.random() < 0.4:
        between, domain = chance.choice((".", "_", "", "+")), ".".join(ending)
        address = f"{first}{between}{last}@{host.replace(' ', '')}.{domain}"
        return Form((f"write to {address}, please",), f"{first}.*{last}", "email written")
    name = chance.choice(
        (
            f"{first} dot {last}",
            f"{first} underscore {last}",
            f"{' '.join(first)} dot {last}",
            f"{first}{last}",
            f"{first} dot {last} {chance.choice(SAID)} {chance.choice(SAID)}",
        )
    )
    spoken = f"{name} at {host} dot {' dot '.join(ending)}"
    lead = chance.choice(("", "my email is ", "it's ", "sure, that's ", "you can write to "))
    return Form((f"{lead}{spoken}",), f"{last}|{host}", "email spoken")


MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def _birth(chance: random.Random) -> Form:
    month, day, year = chance.randint(1, 12), chance.randint(1, 28), chance.randint(1930, 2009)
    name, ordinal = MONTHS[month - 1], chance.choice(ORDINALS)
    spoken_year = (
        f"nineteen {_pair(f'{year % 100:02d}')}"
        if year < 2000
        else f"two thousand {SAID[year % 10] if year % 10 else ''}".strip()
    )
    said = chance.choice(
        (
            f"{name} {day}, {year}",
            f"{day} {name} {year}",
            f"{month:02d}/{day:02d}/{year}",
            f"{year}-{month:02d}-{day:02d}",
            f"{name} {ordinal} {spoken_year}",
            f"the {ordinal} of {name} {spoken_year}",
            f"{name} the {ordinal}, {year}",
        )
    )
    lead = chance.choice(("", "I was born on ", "my date of birth is ", "it's "))
    return Form((lead + said,), f"{name} |{year}|{spoken_year}$", "date of birth")
