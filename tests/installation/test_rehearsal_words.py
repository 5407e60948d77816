from pathlib import Path

import pytest

from installation.rehearsal.day import _words_of


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", "one\n two", "one two"),
        ("a.json", '{"text": "one  two"}', "one two"),
        ("a.json", '{"text": ', '{"text":'),
        ("a.json", '["one"]', '["one"]'),
    ],
)
def test_a_story_is_told_however_it_was_left(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    assert _words_of(tmp_path / name) == words
