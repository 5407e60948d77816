"""Texts that repeat an earlier one."""

import pytest

from show.gates.alike import SHORTEST, Memory, are_alike, sketch

STORY = (
    "I am walking with my brother on a field of one thousand images. We understand each other, the sun is shining,"
    " it's a beautiful day."
)
OTHER = "My grandmother kept bees behind the church, and every summer the whole street smelled of honey and of rain."


@pytest.mark.parametrize(
    "text",
    [
        STORY.upper(),
        STORY.replace(" ", "  ").replace(",", " ,"),
        STORY.replace("e", "e\u200b"),
        f"{STORY}!!!",
    ],
)
def test_the_same_words_are_the_same(text: str) -> None:
    found = Memory().find(text, [(7, OTHER), (5, STORY)])
    assert (found.same, found.nearly) == ((5,), ())


@pytest.mark.parametrize(
    "text",
    [
        STORY.replace("brother", "sister"),
        f"{STORY} Thank you.",
        STORY.replace("beautiful", "terrible").replace("field", "hill"),
        STORY[10:],
    ],
)
def test_little_changed_is_nearly_the_same(text: str) -> None:
    found = Memory().find(text, [(7, OTHER), (5, STORY), (3, STORY)])
    assert (found.same, found.nearly) == ((), (5, 3))


@pytest.mark.parametrize(
    "text", [OTHER, STORY[:40], "I am walking with my mother on a beach, we understand nothing, it rains.", "", "🌞"]
)
def test_another_story_is_another(text: str) -> None:
    found = Memory().find(text, [(5, STORY)])
    assert (found.same, found.nearly) == ((), ())


def test_short_texts_are_only_the_same_or_not() -> None:
    assert not are_alike(sketch("A red house."), sketch("A red horse."))
    assert Memory().find("A red house.", [(1, "a red house")]).is_short
    assert len("aredhouse") < SHORTEST


def test_emoji_and_other_scripts_are_words_as_well() -> None:
    assert Memory().find("🌞🌊", [(1, "🌞🐟")]).same == ()
    assert Memory().find("我和哥哥走在田野上，太阳照着。", [(1, "我和哥哥走在田野上 太阳照着")]).same == (1,)


def test_a_text_that_is_erased_is_forgotten() -> None:
    memory = Memory()
    memory.find(STORY, [(1, STORY)])
    memory.find(STORY, [])
    assert memory.find(STORY, [(1, OTHER)]).same == ()


def test_what_is_kept_of_a_text_is_bounded_and_holds_no_word_of_it() -> None:
    kept = sketch(STORY * 1000)
    assert len(kept.smallest) <= 64
    assert "brother" not in repr(kept)
