"""The mixer with a clock turned by hand: what each headphone hears, sample by sample."""

from dataclasses import replace

import numpy as np
import pytest

from installation.headphones.course import RATE, Control, Course, Heard, Level, Segment
from installation.headphones.fades import FADE_FRAMES
from tests.support.mixing import SLOPE, STEADY, STEMS, UNITY, VOICE, WALK, Desk, noise, steepest


@pytest.mark.parametrize("block", [480, 1200, 77])
def test_at_unity_every_sample_passes_unchanged(block: int) -> None:
    sound = Desk(now=-0.1).play(2.2, block)
    begin = round(0.1 * RATE)
    source = STEMS["film/narration"][: len(sound) - begin]
    np.testing.assert_array_equal(sound[begin : begin + len(source), :2], source)
    np.testing.assert_array_equal(sound[begin : begin + len(source), 2:4], source)


def test_it_joins_the_picture_where_it_is() -> None:
    sound = Desk(now=0.5).play(0.2)
    at = RATE // 2
    np.testing.assert_array_equal(sound[WALK:, :2], STEMS["film/narration"][at + WALK : at + len(sound)])


def test_then_it_runs_by_its_own_samples_whatever_the_clock_says() -> None:
    desk = Desk(now=-0.1)
    sound = desk.play(0.3)
    desk.now += 0.02
    sound = np.concatenate([sound, desk.play(0.3)])
    np.testing.assert_array_equal(sound[4800:, :2], STEMS["film/narration"][: len(sound) - 4800])


def test_nothing_is_joined_before_the_clock_is_known() -> None:
    desk = Desk()
    desk.now = None  # type: ignore[assignment]
    out = np.full((480, 6), np.nan, np.float32)
    desk.mixer.mix(out, None, UNITY, STEMS)
    assert not out.any()
    assert desk.mixer.voice is None


def test_a_seam_of_two_segments_is_exact_to_the_sample() -> None:
    first, second = Segment("film", 0.0, 0.0, 0.50001), Segment("clip", 0.50001, 0.0, 0.4)
    stems = STEMS | {"film/narration": noise(1, 24_000)}
    desk = Desk(Control(Course(1, True, 0.0, (first,)), UNITY.heard), stems, now=-0.1)
    sound = desk.play(0.2)
    desk.course(segments=(first, second))
    sound = np.concatenate([sound, desk.play(0.6)])[4800:, :2]
    np.testing.assert_array_equal(sound[:24_000], stems["film/narration"])
    np.testing.assert_array_equal(sound[24_000:33_000], STEMS["clip/narration"][:9_000])


def test_a_stem_cut_into_two_segments_is_not_heard_to_be_cut() -> None:
    parts = (Segment("film", 0.0, 0.0, 0.3), Segment("film", 0.3, 0.3, 1.7))
    sound = Desk(Control(Course(1, True, 0.0, parts), UNITY.heard), now=-0.1).play(2.0)
    np.testing.assert_array_equal(sound[4800:, :2], STEMS["film/narration"][: len(sound) - 4800])


def test_a_segment_that_cuts_its_stem_fades_at_both_ends() -> None:
    part = Segment("film", 0.2, 1.0, 0.5)
    sound = Desk(Control(Course(1, True, 0.0, (part,)), UNITY.heard), STEADY).play(1.0)[:, 0]
    begin, end = round(0.2 * RATE), round(0.7 * RATE)
    assert not sound[:begin].any()
    assert not sound[end:].any()
    assert (sound[begin + FADE_FRAMES : end - FADE_FRAMES] == 1.0).all()
    assert steepest(sound) == pytest.approx(1 / FADE_FRAMES, rel=1e-3)


def test_a_missing_stem_is_silence() -> None:
    desk = Desk(stems={"film/murmur": STEMS["film/murmur"]}, now=-0.1)
    sound = desk.play(0.5)
    assert not sound[:, :4].any()
    assert sound[:, 4].any()


def test_one_channel_of_the_device_hears_the_average_of_stereo() -> None:
    stems = {"film/murmur": STEMS["film/narration"]}
    sound = Desk(stems=stems, now=-0.1).play(0.5)[4800:, 4]
    np.testing.assert_allclose(sound, STEMS["film/narration"][: len(sound)].mean(axis=1), atol=1e-7)


def test_a_mono_stem_is_heard_on_both_channels_and_nowhere_else() -> None:
    sound = Desk(stems={"film/narration": STEMS["film/murmur"]}, now=-0.1).play(0.5)[4800:]
    for channel in range(4):
        np.testing.assert_array_equal(sound[:, channel], STEMS["film/murmur"][: len(sound), 0])
    assert not sound[:, 4:].any()


def test_mute_silences_its_own_channels_within_40_ms_without_a_click() -> None:
    desk = Desk(stems=STEADY)
    desk.play(0.1)
    desk.hear(UNITY.heard[0], Heard(0.0, 0, VOICE), UNITY.heard[2])
    sound = desk.play(0.1)
    assert not sound[WALK:, 2:4].any()
    assert steepest(sound) <= SLOPE
    assert (sound[:, [0, 1, 4]] == 1.0).all()


def test_a_gain_turned_back_half_way_does_not_click() -> None:
    desk = Desk(stems=STEADY)
    desk.play(0.1)
    desk.hear(Heard(0.1, 0, VOICE), *UNITY.heard[1:])
    there = desk.play(0.02)
    desk.control = UNITY
    back = desk.play(0.1)
    assert steepest(np.concatenate([there, back])[:, 0]) <= SLOPE
    assert back[-1, 0] == 1.0


def test_a_pause_is_silent_after_40_ms_and_the_way_back_joins_the_picture() -> None:
    desk = Desk(now=-0.1)
    desk.play(0.5)
    desk.course(epoch=2, playing=False)
    assert not desk.play(0.1)[WALK:].any()
    desk.course(epoch=3, playing=True, anchor=0.3)
    at = round((desk.now - 0.3) * RATE)
    sound = desk.play(0.2)[WALK:, :2]
    np.testing.assert_array_equal(sound, STEMS["film/narration"][at + WALK : at + WALK + len(sound)])


def test_a_new_epoch_fades_over_without_a_click() -> None:
    desk = Desk(stems=STEADY)
    desk.play(0.1)
    desk.course(epoch=2, anchor=-5.0, segments=(Segment("clip", 0.0, 0.0, 9.0),))
    sound = desk.play(0.2)
    assert steepest(sound) <= 2 * SLOPE
    assert (sound[WALK:, 0] == 1.0).all()


def test_a_flood_of_seeks_leaves_one_voice() -> None:
    desk = Desk(stems=STEADY)
    for epoch in range(2, 40):
        desk.course(epoch=epoch)
        assert np.abs(desk.play(0.01)).max() <= 1.0
    assert (desk.play(0.1)[WALK:, 0] == 1.0).all()


def test_the_master_level_fades_in_its_own_time() -> None:
    desk = Desk(stems=STEADY)
    desk.play(0.1)
    desk.control = replace(UNITY, level=Level(1.0, 0.0, desk.now, 0.5))
    sound = desk.play(0.6)[:, 0]
    assert sound[round(0.25 * RATE)] == pytest.approx(0.5, abs=0.05)
    assert steepest(sound) <= SLOPE
    assert not sound[round(0.55 * RATE) :].any()


def test_a_sudden_master_level_does_not_click() -> None:
    desk = Desk(stems=STEADY)
    desk.play(0.1)
    desk.control = replace(UNITY, level=Level(1.0, 0.0, desk.now, 0.0))
    sound = desk.play(0.1)
    assert steepest(sound) <= SLOPE
    assert not sound[WALK:].any()


def test_rejoining_returns_to_the_picture() -> None:
    desk = Desk(now=-0.1)
    desk.play(0.3)
    desk.now += 0.4
    desk.mixer.rejoin()
    at = round(desk.now * RATE)
    sound = desk.play(0.2)[WALK:, :2]
    np.testing.assert_array_equal(sound, STEMS["film/narration"][at + WALK : at + WALK + len(sound)])


def test_no_gain_drives_a_headphone_beyond_full_scale() -> None:
    desk = Desk(replace(UNITY, heard=(Heard(3.0, 0, VOICE), *UNITY.heard[1:])), STEADY)
    assert np.abs(desk.play(0.2)).max() == 1.0


def test_behind_the_last_segment_is_silence() -> None:
    assert not Desk(now=2.0).play(0.2).any()


@pytest.mark.parametrize("block", [480, 4800])
def test_the_end_of_an_hour_is_faded_as_evenly(block: int) -> None:
    end = 3600 * RATE + 1
    stems = {"film/narration": np.broadcast_to(np.float32(1.0), (end, 1))}
    course = Course(1, True, 0.0, (Segment("film", 0.0, 0.0, end / RATE),))
    sound = Desk(replace(UNITY, course=course), stems, now=end / RATE - 0.2).play(0.3, block)[WALK:, 0]
    assert sound[0] == 1.0
    assert sound[-1] == 0.0
    assert steepest(sound) < SLOPE
