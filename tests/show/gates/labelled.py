"""The labelled texts, and how well a judge of words does on them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("labelled.tsv")
HALVES = ("held-out", "tuned")
HARD = "hard"


@dataclass(frozen=True)
class Labelled:
    """A text and what the gate should say of it: pass, look or refuse."""

    half: str
    verdict: str
    language: str
    text: str


@dataclass(frozen=True)
class Figures:
    """recall: the share of bad texts that do not pass; precision: the share of what does not pass that is bad."""

    recall: float
    precision: float


def labelled(*halves: str) -> list[Labelled]:
    """The texts of some halves."""
    lines = (line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [each for each in (Labelled(*line.split("\t")) for line in lines) if each.half in halves]


def measure(texts: Iterable[Labelled], stops: Callable[[str], bool]) -> Figures:
    """How well a judge tells those that should pass from the others."""
    judged = [(each.verdict != "pass", stops(each.text)) for each in texts]
    right = sum(bad and stopped for bad, stopped in judged)
    return Figures(right / sum(bad for bad, _ in judged), right / max(1, sum(stopped for _, stopped in judged)))
