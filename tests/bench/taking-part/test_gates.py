"""How well and how fast the gates judge: `script/test --bench` prints the figures."""

import time
from pathlib import Path

import pytest

from show.gates.alike import Memory
from show.gates.picture import look_at
from show.gates.terms import Grade
from show.gates.text import judge
from show.gates.words import WordLists
from tests.show.gates.labelled import HALVES, HARD, labelled, measure
from tests.support.footage import numbered, write_film

STORY = (
    "I am walking with my brother on a field of one thousand images. We understand each other, the sun is shining,"
    " it's a beautiful day."
)


@pytest.fixture(scope="module")
def lists() -> WordLists:
    return WordLists.load()


@pytest.mark.filterwarnings("ignore")
def test_text_gate_beside_better_profanity(lists: WordLists) -> None:
    from better_profanity import profanity

    judges = {
        "the text gate": lambda text: judge(text, lists).grade is not Grade.PASS,
        "better-profanity": profanity.contains_profanity,
    }
    kinds = {half: (half,) for half in HALVES} | {"all": HALVES, "made to be missed": (HARD,)}
    print(f"\n{'':18}{'texts':>8}{'recall':>8}{'precision':>11}")
    for name, halves in kinds.items():
        texts = labelled(*halves)
        for language, chosen in {"": texts, "English": [each for each in texts if each.language == "en"]}.items():
            for who, stops in judges.items():
                figures = measure(chosen, stops)
                row = f"{len(chosen):8}{figures.recall:8.1%}{figures.precision:11.1%}"
                print(f"{who:18}{row}   {name} {language}")
    worst = [each for each in labelled(*HALVES) if each.verdict == "refuse"]
    refused = sum(judge(each.text, lists).grade is Grade.REFUSE for each in worst)
    print(f"of {len(worst)} texts that no gallery shows {refused} are refused, the others left to a person or passed")


def test_milliseconds(lists: WordLists, tmp_path: Path) -> None:
    memory, earlier = Memory(), [(number, f"{STORY} {number}") for number in range(500)]
    memory.find(STORY, earlier)
    film = write_film(tmp_path / "film.mp4", (numbered(each, 144, 256, panels=1) for each in range(240)))
    look_at(film)
    parts = {
        "judging a story": lambda: judge(STORY, lists),
        "judging 100,000 letters": lambda: judge("f u " * 25_000, lists),
        "finding one of 500 like it": lambda: memory.find(STORY, earlier),
        "looking at 16 frames of a clip": lambda: look_at(film),
    }
    print()
    for what, part in parts.items():
        begun = time.perf_counter()
        part()
        print(f"{what}: {(time.perf_counter() - begun) * 1000:.1f} ms")
