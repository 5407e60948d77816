"""Levels by ear: changed by commands, saved, undone, there again after a restart."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installation.commands import (
    HeadphoneDelay,
    HeadphoneGain,
    HeadphoneMute,
    HeadphoneStem,
    LevelCommand,
    MurmurDuck,
    NarrationGain,
    NarrationMute,
    StemGain,
    StemHeard,
)
from installation.levels import Levels, as_json, from_json, linear
from installation.levels_store import KEEP, SavedLevels
from installation.sound_settings import SoundOutput, SoundSettings

KNOWN = ("english", "film", "murmur", "narration")
OUTPUTS = (
    SoundOutput("left", (1, 2), {"narration": 0.0, "murmur": -12.0}, gain_db=-3.0),
    SoundOutput("right", (3, 4), {"murmur": 0.0}, delay_ms=20.0),
)
SITE = Levels.of_site(SoundSettings("", 4, 0.1, 0.0, OUTPUTS))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def after(*commands: LevelCommand, levels: Levels = SITE) -> Levels:
    for command in commands:
        levels = levels.changed(command, KNOWN)
    return levels


def test_a_command_changes_one_thing_of_one_headphone() -> None:
    levels = after(HeadphoneGain(1, -6.0), HeadphoneMute(2, True), HeadphoneDelay(2, 35.0), MurmurDuck(-20.0))
    assert levels.outputs[0] == replace(SITE.outputs[0], gain_db=-6.0)
    assert levels.outputs[1] == replace(SITE.outputs[1], mute=True, delay_ms=35.0)
    assert levels.duck_db == -20.0


def test_another_stem_is_heard_alone() -> None:
    levels = after(HeadphoneStem(1, "english"))
    assert [levels.stem_gain(0, stem) for stem in KNOWN] == [1.0, 0.0, 0.0, 0.0]


def test_a_stem_that_is_chosen_is_as_loud_as_the_site_has_it() -> None:
    levels = SITE
    for stem, gain in (("murmur", -12.0), ("english", 0.0), ("murmur", -12.0)):
        levels = levels.changed(HeadphoneStem(1, stem), KNOWN, OUTPUTS)
        assert levels.outputs[0].stems == {stem: gain}


def test_a_stem_joins_the_others_and_leaves_them() -> None:
    joined = SITE.changed(StemHeard(2, "narration", True), KNOWN, OUTPUTS)
    assert joined.outputs[1].stems == {"murmur": 0.0, "narration": 0.0}
    assert joined.changed(StemHeard(2, "narration", True), KNOWN, OUTPUTS) == joined
    assert joined.changed(StemHeard(2, "narration", False), KNOWN, OUTPUTS) == SITE
    silent = after(StemHeard(2, "murmur", False))
    assert silent.outputs[1].stems == {}
    with pytest.raises(ValueError, match='there is no stem "song"'):
        silent.changed(StemHeard(2, "song", True), KNOWN, OUTPUTS)


def test_a_stem_comes_back_as_loud_as_the_site_has_it() -> None:
    levels = after(StemGain(1, "murmur", -3.0), StemHeard(1, "murmur", False))
    assert levels.changed(StemHeard(1, "murmur", True), KNOWN, OUTPUTS) == SITE


def test_one_stem_is_louder_in_one_headphone() -> None:
    levels = after(StemGain(1, "murmur", -6.0))
    assert levels.outputs[0].stems == {"narration": 0.0, "murmur": -6.0}
    assert levels.outputs[1] == SITE.outputs[1]


def test_every_language_is_narration() -> None:
    levels = after(HeadphoneStem(1, "english"), NarrationGain(-6.0))
    assert levels.stem_gain(0, "english") == pytest.approx(0.501, abs=0.001)
    assert after(NarrationMute(True), levels=levels).stem_gain(0, "english") == 0.0


def test_the_narration_goes_up_and_down_and_silent_wherever_it_is_heard() -> None:
    levels = after(NarrationGain(-6.0))
    assert levels.stem_gain(0, "narration") == pytest.approx(0.501, abs=0.001)
    assert levels.stem_gain(0, "murmur") == linear(-12.0)
    assert levels.stem_gain(1, "narration") == 0.0
    assert after(NarrationMute(True)).stem_gain(0, "narration") == 0.0


def test_unity_is_exactly_one() -> None:
    assert SITE.stem_gain(0, "narration") == 1.0


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (HeadphoneGain(3, 0.0), "headphone 3 does not exist: there are 2"),
        (HeadphoneMute(0, True), "headphone 0 does not exist: there are 2"),
        (StemGain(2, "narration", 0.0), 'headphone 2 does not hear "narration"'),
        (StemGain(1, "song", 0.0), 'there is no stem "song"'),
        (StemHeard(1, "song", False), 'there is no stem "song"'),
        (StemHeard(0, "murmur", True), "headphone 0 does not exist: there are 2"),
        (HeadphoneStem(1, "song"), 'there is no stem "song"; there are: english, film, murmur, narration'),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(command: LevelCommand, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        SITE.changed(command, KNOWN)


def test_they_come_back_from_json_as_they_were() -> None:
    levels = after(HeadphoneGain(1, -6.5), NarrationGain(-2.0), NarrationMute(True))
    assert from_json(json.loads(json.dumps(as_json(levels))), KNOWN) == levels


@dataclass
class Sound:
    """What has levels."""

    levels: Levels = SITE
    known: tuple[str, ...] = KNOWN


@dataclass
class Show:
    """One run of a show with the levels saved before."""

    folder: Path
    sound: Sound = field(default_factory=Sound)
    errands: list[Callable[[], None]] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.saved = SavedLevels(self.folder, self.sound, self.errands.append, lambda: NOON)

    def save(self, *all_levels: Levels) -> None:
        for levels in all_levels:
            self.sound.levels = levels
            self.saved.save(self.answers.append)
            self.errands.pop()()

    def undo(self) -> Levels:
        self.saved.undo()
        return self.sound.levels


@pytest.fixture
def show(tmp_path: Path) -> Show:
    return Show(tmp_path / "levels")


def next_time(show: Show) -> Levels:
    """What the next run of the show begins with."""
    return Show(show.folder).sound.levels


LOUD, QUIET = after(HeadphoneGain(1, 6.0)), after(HeadphoneGain(1, -20.0))


def test_the_show_begins_with_what_was_saved_last(show: Show) -> None:
    assert show.sound.levels == SITE
    show.save(LOUD, QUIET)
    assert next_time(show) == QUIET


def test_undo_goes_back_to_what_was_saved_then_to_what_was_before_it(show: Show) -> None:
    show.save(LOUD, QUIET)
    later = Show(show.folder, Sound())
    later.sound.levels = after(MurmurDuck(-1.0))
    assert [later.undo(), later.undo(), later.undo()] == [QUIET, LOUD, SITE]
    with pytest.raises(ValueError, match="there is nothing to undo"):
        later.undo()


def test_what_is_saved_twice_is_undone_once(show: Show) -> None:
    show.save(LOUD, QUIET, QUIET)
    later = Show(show.folder, Sound())
    assert [show.undo(), show.undo()] == [later.undo(), later.undo()] == [LOUD, SITE]


def test_what_is_saved_after_an_undo_counts(show: Show) -> None:
    show.save(LOUD, QUIET)
    assert show.undo() == LOUD
    show.save(LOUD)
    show.sound.levels = SITE
    assert show.undo() == LOUD == next_time(show)


def test_the_latest_twenty_are_kept(show: Show) -> None:
    show.save(*(after(HeadphoneGain(1, -float(n))) for n in range(KEEP + 5)))
    names = sorted(path.name for path in show.folder.iterdir())
    assert len(names) == KEEP
    assert names[0].startswith("levels-0006-2026-05-01T12-00-00")
    assert next_time(show).outputs[0].gain_db == -(KEEP + 4)


@pytest.mark.parametrize("change", ['"gain_db": NaN', '"gain_db": 90', '"gain_db": "loud"', '"gain_db"', ""])
def test_a_damaged_file_is_left_aside_and_told(show: Show, change: str, caplog: pytest.LogCaptureFixture) -> None:
    show.save(LOUD, QUIET)
    newest = max(show.folder.iterdir())
    newest.write_text(newest.read_text().replace('"gain_db": -20.0', change) if change else "")
    assert next_time(show) == LOUD
    assert f"{newest} is left aside" in caplog.text


def test_levels_of_fewer_headphones_are_left_aside(show: Show) -> None:
    show.save(LOUD)
    newest = max(show.folder.iterdir())
    values = json.loads(newest.read_text())
    values["levels"]["outputs"].pop()
    newest.write_text(json.dumps(values))
    assert next_time(show) == SITE


def test_a_site_that_was_changed_since_wins(show: Show) -> None:
    show.save(LOUD)
    other = after(HeadphoneGain(2, -9.0))
    assert Show(show.folder, Sound(other)).sound.levels == other


def test_a_save_is_answered_when_the_disk_has_it(show: Show) -> None:
    show.sound.levels = LOUD
    show.saved.save(show.answers.append)
    assert (show.answers, show.saved.kept) == ([], SITE)
    show.errands.pop()()
    assert (show.answers, show.saved.kept) == ([None], LOUD)


def test_a_disk_that_cannot_be_written_is_told_and_the_latest_kept_when_it_can(show: Show) -> None:
    show.folder.write_text("a file")
    show.save(LOUD, QUIET)
    assert (
        show.answers
        == [f"the levels are not kept yet: {show.folder} cannot be written (File exists); it is tried again"] * 2
    )
    assert show.saved.kept == SITE
    [again] = show.errands
    with pytest.raises(FileExistsError):
        again()
    show.folder.unlink()
    again()
    assert show.saved.kept == QUIET == next_time(show)


def test_there_is_something_to_undo_where_something_changed(show: Show) -> None:
    assert not show.saved.can_undo
    show.sound.levels = LOUD
    assert show.saved.can_undo
    show.save(LOUD)
    assert show.saved.can_undo
    show.undo()
    assert not show.saved.can_undo
