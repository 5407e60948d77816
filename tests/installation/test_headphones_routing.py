"""From stems to ears: matrix, modes, delay, ducking, ceilings, the spoken number, a second device's clock."""

from dataclasses import replace

import numpy as np
import pytest

from installation.headphones.course import RATE, Control, Course, Heard, Identify, Mixing, Output, Segment
from installation.headphones.identify import LEFT, RIGHT, WORDS
from installation.headphones.mixer import DRIFT_SECONDS
from tests.support.mixing import BOTH, MIXING, SLOPE, STEADY, STEMS, UNITY, VOICE, WALK, Desk, noise, steepest

NARRATION, MURMUR = STEMS["film/narration"], STEMS["film/murmur"]
COURSE = UNITY.course


def one(output: Output, heard: Heard, stems: dict[str, np.ndarray] = STEMS, now: float = -0.1) -> Desk:
    """One headphone."""
    return Desk(Control(COURSE, (heard,)), stems, now, Mixing((output,)))


def part(values: np.ndarray, begin: float, end: float) -> np.ndarray:
    return values[round(begin * RATE) : round(end * RATE)]


def test_stems_are_added_by_their_gains() -> None:
    sound = one(Output((0, 1)), Heard(stems=(0.5, 0.25))).play(1.0)
    mixed = NARRATION * np.float32(0.5) + MURMUR * np.float32(0.25)
    np.testing.assert_allclose(sound[4800:, :2], mixed[: len(sound) - 4800], atol=1e-7)


@pytest.mark.parametrize(
    ("mode", "left", "right"),
    [("stereo", (1, 0), (0, 1)), ("swapped", (0, 1), (1, 0)), ("mono", (0.5, 0.5), (0.5, 0.5))],
)
def test_modes(mode: str, left: tuple[float, float], right: tuple[float, float]) -> None:
    sound = one(Output((3, 2), mode), Heard(stems=VOICE)).play(1.0)[4800:]
    wanted = NARRATION[: len(sound)] @ np.array([left, right], np.float32).T
    np.testing.assert_allclose(sound[:, [3, 2]], wanted, atol=1e-7)
    assert not sound[:, [0, 1, 4, 5]].any()


def test_a_delayed_headphone_hears_the_same_later_and_at_unity() -> None:
    sound = one(Output((0, 1)), Heard(1.0, 960, VOICE)).play(1.0)
    np.testing.assert_array_equal(sound[4800 + 960 :, :2], NARRATION[: len(sound) - 5760])


def test_another_delay_is_faded_over_to() -> None:
    ramp = {"film/narration": np.linspace(0, 0.9, 2 * RATE, dtype=np.float32)[:, np.newaxis]}
    desk = one(Output((0,)), Heard(stems=VOICE), ramp)
    before = desk.play(0.6)
    desk.hear(Heard(1.0, 4800, VOICE))
    after = desk.play(0.4)
    assert steepest(np.concatenate([before, after])[:, 0]) < 2 * SLOPE * 0.05 + 1e-5
    np.testing.assert_array_equal(after[-480:, 0], part(ramp["film/narration"][:, 0], 0.79, 0.8))


def test_no_command_brings_a_headphone_above_its_ceiling() -> None:
    quiet, loud = Output((0, 1), ceiling=0.25), Output((2, 3))
    desk = Desk(Control(COURSE, (Heard(3.98, 0, BOTH),) * 2), STEMS, 0.0, Mixing((quiet, loud)))
    desk.control = replace(desk.control, identify=Identify(1, 0, 1))
    peaks = np.abs(desk.play(1.0)).max(axis=0)
    assert peaks[:2].max() <= 0.25
    assert peaks[2:4].max() > 0.9


def speech(begin: float, end: float) -> np.ndarray:
    """Two seconds of narration with sound between two moments."""
    voice = np.zeros((2 * RATE, 1), np.float32)
    voice[round(begin * RATE) : round(end * RATE)] = 0.5
    return voice


def ducked(duck: float, heard: Heard, language: str = "narration") -> np.ndarray:
    """The gain of a murmur in one headphone, while somebody speaks from 0.8 to 1.2 s."""
    murmur = np.full((2 * RATE, 2), 0.1, np.float32)
    murmur[:, 1] = 0.0
    stems = {
        f"film/{language}": np.concatenate([0 * speech(0.8, 1.2), speech(0.8, 1.2)], axis=1),
        "film/murmur": murmur,
    }
    mixing = Mixing((Output((0, 1)),), (language, "murmur"), attack_frames=4_800, release_frames=9_600)
    return Desk(Control(COURSE, (heard,), duck=duck), stems, 0.0, mixing).play(1.9)[:, 0] / 0.1


@pytest.mark.parametrize("language", ["narration", "dutch"])
def test_the_murmur_ducks_under_the_narration_before_it_begins_and_comes_back(language: str) -> None:
    gains = ducked(0.25, Heard(stems=BOTH), language)
    np.testing.assert_allclose(part(gains, 0.1, 0.65), 1.0, atol=1e-6)
    np.testing.assert_allclose(part(gains, 0.81, 1.19), 0.25, atol=1e-6)
    np.testing.assert_allclose(part(gains, 1.5, 1.8), 1.0, atol=1e-6)
    assert steepest(part(gains, 0.1, 1.8)) < 1 / 4_800


def test_where_all_is_heard_later_the_murmur_ducks_later() -> None:
    gains = ducked(0.25, Heard(stems=BOTH, delay_frames=12_000))
    np.testing.assert_allclose(part(gains, 0.3, 0.9), 1.0, atol=1e-6)
    np.testing.assert_allclose(part(gains, 1.06, 1.44), 0.25, atol=1e-6)


def test_the_murmur_does_not_duck_where_no_narration_is_heard_or_none_is_asked() -> None:
    for duck, heard in ((0.25, Heard(stems=(0.0, 1.0))), (1.0, Heard(stems=BOTH))):
        np.testing.assert_allclose(part(ducked(duck, heard), 0.1, 1.8), 1.0, atol=1e-6)


def test_a_stem_that_loops_in_the_middle_of_its_sound_does_not_click() -> None:
    loop = {"film/narration": np.full((RATE // 2, 1), 0.5, np.float32)}
    passes = tuple(Segment("film", n * 0.5, 0.0, 0.5) for n in range(4))
    desk = Desk(Control(replace(COURSE, segments=passes), UNITY.heard), loop, now=-0.1)
    sound = desk.play(1.5)[:, 0]
    assert steepest(sound) <= 0.5 * SLOPE
    assert part(sound, 0.3, 0.4).min() == 0.5


WORD = np.arange(1, 13, dtype=np.float32).repeat(RATE)[:, np.newaxis] / 100  # each word is its own number


def test_a_headphone_says_its_number_then_left_and_right_and_then_goes_on() -> None:
    desk = Desk(stems=STEADY | {WORDS: WORD})
    desk.course(segments=(Segment("film", 0.0, 0.0, 9.0),))
    desk.play(0.1)
    desk.control = replace(desk.control, identify=Identify(1, 1, 12))
    sound = desk.play(5.0, 4800)
    said = [sound[round((second + 0.5) * RATE), 2:4].tolist() for second in range(4)]
    one, two, left, right = (float(WORD[word * RATE, 0]) for word in (1, 2, LEFT, RIGHT))
    assert said == [[one, one], [two, two], [left, 0.0], [0.0, right]]
    assert (sound[:, 0] == 1.0).all()
    assert (sound[-4800:, 2] == 1.0).all()


def test_a_number_that_is_asked_for_again_is_said_to_its_end() -> None:
    once, twice = (Desk(replace(UNITY, course=Course()), {WORDS: WORD}) for _ in range(2))
    for desk in (once, twice):
        desk.control = replace(desk.control, identify=Identify(1, 0, 1))
    first = once.play(3.5)
    begun = twice.play(0.5)
    twice.control = replace(twice.control, identify=Identify(2, 0, 1))
    np.testing.assert_array_equal(np.concatenate([begun, twice.play(3.0)]), first)


def test_it_is_said_while_the_show_is_paused_and_the_house_closed() -> None:
    level = replace(UNITY.level, to=0.0)
    control = Control(Course(1, False), UNITY.heard, level, identify=Identify(3, 0, 1))
    desk = Desk(control, {WORDS: WORD})
    assert not desk.play(0.5).any()
    desk.control = replace(control, identify=Identify(4, 0, 1))
    assert desk.play(0.5)[WALK:, :2].all()


def test_without_the_spoken_words_it_stays_silent() -> None:
    desk = Desk(replace(UNITY, course=Course()))
    desk.control = replace(desk.control, identify=Identify(1, 0, 1))
    assert not desk.play(4.0, 4800).any()


@pytest.mark.parametrize(("drift", "joins"), [(0.5 * DRIFT_SECONDS, False), (2 * DRIFT_SECONDS, True)])
def test_a_second_device_joins_the_picture_again_when_its_clock_has_drifted(drift: float, joins: bool) -> None:
    desk = Desk(now=0.0, mixing=replace(MIXING, follows=True))
    desk.play(0.5)
    desk.now += drift
    desk.play(0.1)
    at = round((desk.now if joins else desk.now - drift) * RATE)
    np.testing.assert_array_equal(desk.play(0.1)[:, :2], NARRATION[at : at + round(0.1 * RATE)])


def test_a_whole_course_at_unity_is_the_source_also_with_a_limiter_in_the_way() -> None:
    voice = {"film/narration": noise(9) * np.float32(1.99)}
    sound = one(Output((0, 1)), Heard(stems=VOICE), voice).play(2.0)[4800:, :2]
    np.testing.assert_array_equal(sound, voice["film/narration"][: len(sound)])
