"""Which display a name means, by what displays say of themselves."""

import os
import subprocess
import sys

import pytest

from installation.errors import NoDisplay
from installation.projector.edid import Edid, read_edid
from installation.projector.naming import Aim, DisplayInfo, Place
from tests.support.edid import edid
from tests.support.screen import xvfb

EPSON = Edid("SEC", "EPSON PJ", "X4BC0001")
LEFT = DisplayInfo("HDMI-1", 0, 0, 1920, 1080, 60.0, EPSON)
RIGHT = DisplayInfo("DP-2", 1920, 0, 1280, 800, 59.8, Edid("BNQ", "BenQ PJ", "77"), primary=True)


def found(name: str, *displays: DisplayInfo) -> tuple[str, ...]:
    return Aim(name).find(displays or (LEFT, RIGHT)).connectors


def test_an_edid_tells_maker_name_and_serial_number() -> None:
    assert read_edid(edid("SEC", "EPSON PJ", "X4BC0001")) == EPSON
    assert read_edid(edid("BNQ", "BenQ PJ", number=77)) == Edid("BNQ", "BenQ PJ", "77")
    assert read_edid(edid("ACR", "thirteen char")).name == "thirteen char"


def test_a_damaged_edid_tells_nothing() -> None:
    whole = edid("SEC", "EPSON PJ")
    for damaged in (b"", whole[:100], whole[:60] + b"x" + whole[61:], bytes(128)):
        assert read_edid(damaged) == Edid()


@pytest.mark.parametrize("name", ["HDMI-1", "hdmi-1", "EPSON PJ", "epson pj", "SEC EPSON PJ", "EPSON PJ X4BC0001", "1"])
def test_connector_name_and_number_all_mean_the_left_one(name: str) -> None:
    assert found(name) == ("HDMI-1",)


def test_an_empty_name_takes_the_primary_one_and_all_takes_both() -> None:
    assert found("") == ("DP-2",)
    assert found("", LEFT) == ("HDMI-1",)
    assert Aim("all").find((LEFT, RIGHT)) == Place(("HDMI-1", "DP-2"), 0, 0, 3200, 1080, 59.8)


def test_a_name_that_none_or_two_bear_is_refused_with_those_there_are() -> None:
    twin = DisplayInfo("HDMI-2", 3200, 0, 1920, 1080, 60.0, EPSON)
    with pytest.raises(NoDisplay, match='2 displays are called "EPSON PJ": .* must be HDMI-1 or HDMI-2'):
        found("EPSON PJ", LEFT, twin)
    for name in ("HDMI-9", "3", "0"):
        with pytest.raises(NoDisplay) as refusal:
            found(name)
        told = f'no display is named "{name}"; there are: 1: HDMI-1 (SEC "EPSON PJ" X4BC0001) 1920x1080 at 60 Hz'
        assert str(refusal.value).startswith(told)


def test_a_number_is_counted_once_and_a_named_projector_is_found_at_another_connector() -> None:
    first, named = Aim("1"), Aim("EPSON PJ")
    assert first.find((LEFT, RIGHT)).connectors == named.find((LEFT, RIGHT)).connectors == ("HDMI-1",)
    for aim in (first, named):
        with pytest.raises(NoDisplay, match="waiting for HDMI-1, which is gone"):
            aim.find((RIGHT,))
    assert named.find((RIGHT, DisplayInfo("DP-1", 3200, 0, 1920, 1080, 60.0, EPSON))).connectors == ("DP-1",)


def test_without_a_name_the_picture_goes_where_there_is_a_display_and_comes_home() -> None:
    aim = Aim("")
    displays = ((LEFT, RIGHT), (LEFT,), (LEFT, RIGHT))
    assert [aim.find(each).connectors for each in displays] == [("DP-2",), ("HDMI-1",), ("DP-2",)]


def test_a_display_more_does_not_widen_the_picture_on_all_and_one_less_is_waited_for() -> None:
    aim = Aim("all")
    aim.find((LEFT, RIGHT))
    assert aim.find((LEFT, RIGHT, DisplayInfo("HDMI-3", 3200, 0, 800, 600))).width == 3200
    with pytest.raises(NoDisplay, match="waiting for DP-2, which is gone"):
        aim.find((LEFT,))


def test_only_a_display_that_is_meant_is_switched_on() -> None:
    off, other = DisplayInfo("HDMI-1", edid=EPSON), DisplayInfo("DP-2")
    assert Aim("EPSON PJ").dark((other, off)) == Aim("HDMI-1").dark((off, other)) == "HDMI-1"
    assert Aim("").dark((RIGHT, off)) == Aim("HDMI-1").dark((LEFT, other)) == ""
    assert Aim("").dark((off, other)) == "HDMI-1"


def test_a_second_projector_of_the_same_name_is_left_alone() -> None:
    aim, twin = Aim("EPSON PJ"), DisplayInfo("HDMI-2", edid=EPSON)
    assert aim.find((LEFT, twin)).connectors == ("HDMI-1",)
    assert aim.dark((LEFT, twin)) == ""
    lit = DisplayInfo("HDMI-2", 3200, 0, 1920, 1080, 60.0, EPSON)
    assert aim.find((LEFT, lit)).connectors == ("HDMI-1",)
    assert aim.find((lit,)).connectors == aim.find((LEFT, lit)).connectors == ("HDMI-2",)


def test_a_serial_number_of_digits_alone_is_no_place_counted_from_the_left() -> None:
    numbered = DisplayInfo("DP-1", 3200, 0, 1920, 1080, 60.0, Edid("ACR", "ACER PJ", "16843009"))
    aim = Aim("16843009")
    assert aim.find((LEFT, numbered)).connectors == ("DP-1",)
    assert aim.find((LEFT, DisplayInfo("DP-3", 3200, 0, 800, 600, edid=numbered.edid))).connectors == ("DP-3",)


def test_a_window_strays_only_to_a_display_it_does_not_belong_on() -> None:
    place = Place(("HDMI-1",), 0, 0, 1920, 1080, 60.0)
    assert not place.strays_to(LEFT)
    assert not place.strays_to(RIGHT)
    assert place.strays_to(DisplayInfo("DP-2", 1000, 0, 1280, 800))


def test_a_server_that_starts_anew_with_each_client_is_waited_for_like_any_other() -> None:
    wait = "from installation.projector.displays import await_display; await_display(2, 'EPSON PJ')"
    with xvfb(640, 400, resets=True) as display:
        environment = {**os.environ, "DISPLAY": display}
        done = subprocess.run(
            [sys.executable, "-c", wait], env=environment, capture_output=True, text=True, timeout=30, check=False
        )
    assert "NoDisplay: no display" in done.stderr
    assert "within 2 s" in done.stderr or 'is named "EPSON PJ"' in done.stderr
