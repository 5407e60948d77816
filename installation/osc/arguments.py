"""What an argument may be. Numbers and switches are taken as i, f, h, d, T or F, since senders differ."""

import math
from dataclasses import dataclass

from installation.osc.packets import Value

MOST_DIGITS = 19  # so that it fits into the 64 bits of an answer


class Refusal(Exception):
    """Why a message is not carried out, in one sentence for its sender."""


@dataclass(frozen=True)
class Number:
    """A number within a range, both ends included."""

    name: str
    low: float
    high: float
    unit: str = ""

    def take(self, value: Value) -> float:
        """The value as a float. Raises Refusal."""
        if isinstance(value, str):
            raise Refusal(f"{self.name} is a number in {self.range}, not a text")
        if not self.low <= value <= self.high:
            raise Refusal(f"{self.name} = {value:g} is outside {self.range}")
        return float(value)

    @property
    def range(self) -> str:
        """The range in words."""
        high = f"..{self.high:g}" if math.isfinite(self.high) else " or more"
        return f"{self.low:g}{high} {self.unit}".rstrip()


@dataclass(frozen=True)
class Switch:
    """On from 0.5 upwards."""

    name: str
    range: str = "0 or 1"

    def take(self, value: Value) -> bool:
        """The value as a switch. Raises Refusal."""
        if isinstance(value, str):
            raise Refusal(f"{self.name} is {self.range}, not a text")
        return value >= 0.5


@dataclass(frozen=True)
class Text:
    """A name, or a number that serves as one."""

    name: str
    range: str = "a name or a number from 1"

    def take(self, value: Value) -> str:
        """The value as text. Raises Refusal."""
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and value >= 1:
            return str(value)
        raise Refusal(f"{self.name} is {self.range}")


@dataclass(frozen=True)
class Whole:
    """The number that something bears, however its sender writes it."""

    name: str
    range: str = "1 or more"

    def take(self, value: Value) -> int:
        """The value as a whole number. Raises Refusal."""
        text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip()
        if text.isdecimal() and len(text) < MOST_DIGITS and int(text):
            return int(text)
        raise Refusal(f"{self.name} is a whole number, {self.range}")


Argument = Number | Switch | Text | Whole
