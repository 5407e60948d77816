"""OSC address patterns (`*` `?` `[a-z]` `[!a]` `{one,two}` and `//` for any depth), matched part by part.

A pattern is a row of steps; a step says where in the text one may stand after it. All places are walked at once, so the
time grows with pattern times text, never exponentially as with regular expressions made from what strangers send."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

MAX_WILDCARDS = 16

Names = tuple[str, ...]
Signs = Callable[[str, int], Iterable[int]]
Parts = Callable[[Names, int], Iterable[int]]
Text = TypeVar("Text", str, Names)


class PatternError(Exception):
    """A pattern that cannot be read; the message says why."""


def is_pattern(address: str) -> bool:
    """Whether the address holds anything to be matched."""
    return "//" in address or any(sign in address for sign in "*?[]{}")


class Pattern:
    """A compiled address pattern. Raises PatternError."""

    def __init__(self, address: str) -> None:
        if address.endswith("/"):
            raise PatternError("the pattern ends with /")
        if sum(address.count(sign) for sign in "*?[{") > MAX_WILDCARDS:
            raise PatternError(f"the pattern holds more than {MAX_WILDCARDS} wildcards")
        self._steps: list[Parts] = [_part(part) if part else _any_row for part in address.split("/")[1:]]

    def matches(self, address: str) -> bool:
        """Whether an ordinary address is meant."""
        return _leads_through(self._steps, tuple(address.split("/")[1:]))


def _leads_through(steps: Iterable[Callable[[Text, int], Iterable[int]]], text: Text) -> bool:
    places = {0}
    for step in steps:
        places = {after for at in places for after in step(text, at)}
    return len(text) in places


def _any_row(text: Sequence[str], at: int) -> Iterable[int]:
    """Any number of signs in a part, or of parts in an address."""
    return range(at, len(text) + 1)


def _any_one(text: str, at: int) -> Iterable[int]:
    return (at + 1,) if at < len(text) else ()


def _part(part: str) -> Parts:
    """One part between slashes as a step over the parts of an address."""
    steps = list(_signs(part))

    def step(names: Names, at: int) -> Iterable[int]:
        return (at + 1,) if at < len(names) and _leads_through(steps, names[at]) else ()

    return step


def _signs(part: str) -> Iterator[Signs]:
    at = 0
    while at < len(part):
        sign, inside = part[at], ""
        if sign in "[{":
            inside = _inside(part, at, "]" if sign == "[" else "}")
        at += len(inside) + 2 if sign in "[{" else 1
        yield _sign(sign, inside)


def _sign(sign: str, inside: str) -> Signs:
    match sign:
        case "*":
            return _any_row
        case "?":
            return _any_one
        case "[":
            return _one_of(inside)
        case "{":
            return _either(inside.split(","))
        case "]" | "}":
            raise PatternError(f"a {sign} closes nothing")
        case _:
            return _either([sign])


def _inside(part: str, at: int, closing: str) -> str:
    end = part.find(closing, at)
    if end < 0:
        raise PatternError(f"a {part[at]} is not closed")
    return part[at + 1 : end]


def _either(words: Sequence[str]) -> Signs:
    return lambda text, at: [at + len(word) for word in words if text.startswith(word, at)]


def _one_of(inside: str) -> Signs:
    negated = inside.startswith("!")
    signs = _spread(inside[negated:])
    return lambda text, at: (at + 1,) if at < len(text) and (text[at] in signs) != negated else ()


def _spread(inside: str) -> frozenset[str]:
    """The signs of a list such as `a-fx`; a hyphen at either end stands for itself."""
    signs: set[str] = set()
    at = 0
    while at < len(inside):
        first, last = inside[at], inside[at + 2 : at + 3]
        if last and inside[at + 1] == "-":
            signs.update(map(chr, range(ord(first), ord(last) + 1)))
            at += 3
        else:
            signs.add(first)
            at += 1
    return frozenset(signs)
