import pytest

from show.transport import Transport


def test_show_time_stands_still_until_played() -> None:
    transport = Transport()
    assert transport.show_time(100.0) == 0.0
    transport.play(100.0)
    assert transport.show_time(102.5) == 2.5


def test_a_pause_takes_no_show_time() -> None:
    transport = Transport()
    transport.play(10.0)
    transport.pause(13.0)
    assert transport.show_time(99.0) == 3.0
    transport.play(100.0)
    assert transport.show_time(101.0) == 4.0


def test_every_jump_of_the_anchor_is_a_new_epoch() -> None:
    transport = Transport()
    epochs = [transport.epoch]
    for step in (lambda: transport.play(1.0), lambda: transport.pause(2.0), transport.jump):
        step()
        epochs.append(transport.epoch)
    assert epochs == sorted(set(epochs))


def test_playing_twice_changes_nothing() -> None:
    transport = Transport()
    transport.play(1.0)
    epoch = transport.epoch
    transport.play(5.0)
    assert (transport.show_time(6.0), transport.epoch) == (5.0, epoch)


def test_the_picture_leans_toward_the_sound_without_jumping() -> None:
    transport = Transport()
    transport.play(0.0)
    transport.lean(0.05, 0.001)
    assert transport.show_time(1.0) == pytest.approx(0.999)
    transport.lean(0.0015, 0.001)
    assert transport.drift(0.0015) == pytest.approx(0.0)


def test_leaning_is_not_a_new_epoch() -> None:
    transport = Transport()
    transport.play(0.0)
    epoch = transport.epoch
    transport.lean(1.0, 0.001)
    assert transport.epoch == epoch


@pytest.mark.parametrize("rate", [0.25, 0.5, 2.0, 4.0])
def test_another_rate_begins_where_the_show_stands(rate: float) -> None:
    transport = Transport()
    transport.play(10.0)
    transport.run_at(rate, 13.0)
    assert transport.show_time(13.0) == pytest.approx(3.0)
    assert transport.show_time(14.0) == pytest.approx(3.0 + rate)
    transport.pause(15.0)
    transport.play(100.0)
    assert transport.show_time(101.0) == pytest.approx(3.0 + 3 * rate)
    transport.run_at(1.0, 101.0)
    assert transport.show_time(102.0) == pytest.approx(4.0 + 3 * rate)


def test_only_at_the_films_own_rate_and_while_playing_can_sound_go_along() -> None:
    transport = Transport()
    assert not transport.sounding
    transport.play(1.0)
    assert transport.sounding
    before = transport.epoch
    transport.run_at(1.0, 2.0)
    assert transport.epoch == before
    transport.run_at(2.0, 2.0)
    assert (transport.sounding, transport.epoch) == (False, before + 1)
    transport.pause(3.0)
    transport.run_at(1.0, 3.0)
    assert not transport.sounding
    assert transport.show_time(9.0) == 3.0
