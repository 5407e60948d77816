"""Which font draws what, with the bundled fonts and those of this machine."""

from pathlib import Path

import pytest
from PIL import features

from show.typefaces import EMOJI, INTER, face_of, missing


def test_pillow_sets_scripts_that_join_their_letters() -> None:
    assert features.check("raqm")


@pytest.mark.parametrize("text", ["a", "ß", "Ж", "Ω", "ệ", "…", "“"])
def test_letters_of_europe_are_the_house_s(text: str) -> None:
    assert face_of(text) == INTER


@pytest.mark.parametrize("text", ["🙂", "🌊", "👍🏽", "👨\u200d👩\u200d👧", "☀\ufe0f", "1\ufe0f\u20e3", "🇳🇱"])
def test_emoji_are_the_house_s_too(text: str) -> None:
    assert face_of(text) == EMOJI


@pytest.mark.parametrize("text", ["ع", "א", "中", "か", "한", "ไ", "अ", "Ա", "ა", "አ"])
def test_other_scripts_come_from_this_machine(text: str) -> None:
    face = face_of(text)
    assert face is not None
    assert face.path.name.startswith("NotoSans")


def test_what_no_font_has_is_named_and_nothing_else() -> None:
    assert missing("plain 🙂\n words, слова") == []
    assert missing("a\ue000 b\ue000") == ["the sign U+E000"]


def test_without_fontconfig_a_script_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing("\u0f40") == ["Tibetan"]
