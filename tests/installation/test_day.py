"""Opening hours, also where clocks are put forward and back."""

import logging
import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from installation.day import Hours
from installation.errors import SiteError

BERLIN = ZoneInfo("Europe/Berlin")
RULE = "Tu-Su 10:00-18:00; Th 10:00-20:00; PH off"


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)  # type: ignore[arg-type]


@pytest.fixture
def hours() -> Hours:
    return Hours(RULE, "Europe/Berlin", "DE")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (berlin(2026, 11, 25, 9, 59, 59), False),
        (berlin(2026, 11, 25, 10), True),
        (berlin(2026, 11, 25, 17, 59, 59), True),
        (berlin(2026, 11, 25, 18), False),
        (berlin(2026, 11, 26, 19), True),  # Thursday is long
        (berlin(2026, 11, 23, 12), False),  # Monday
        (berlin(2026, 12, 25, 12), False),  # a holiday on a Friday
    ],
)
def test_week_with_exceptions_and_a_holiday(hours: Hours, at: datetime, is_open: bool) -> None:
    assert hours.is_open(at) is is_open


def test_next_change_is_told_in_the_gallerys_time(hours: Hours) -> None:
    change = hours.next_change(datetime(2026, 11, 26, 18, 30, tzinfo=UTC))
    assert change == berlin(2026, 11, 26, 20)
    assert change is not None
    assert change.utcoffset() == timedelta(hours=1)


def test_moments_are_understood_in_any_zone(hours: Hours) -> None:
    assert hours.is_open(datetime(2026, 11, 25, 9, 30, tzinfo=UTC))
    assert hours.is_open(datetime(2026, 11, 25, 18, 30, tzinfo=ZoneInfo("Asia/Tokyo")))
    assert not hours.is_open(datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo")))


def test_seconds_until_open(hours: Hours) -> None:
    assert hours.until_open(berlin(2026, 11, 25, 9, 30)) == 1800
    assert hours.until_open(berlin(2026, 11, 25, 12)) == 0


@pytest.mark.parametrize(("night", "hours_long"), [((2026, 3, 28, 18), 15), ((2026, 10, 24, 18), 17)])
def test_the_nights_when_clocks_change_are_an_hour_shorter_or_longer(night: tuple[int, ...], hours_long: int) -> None:
    assert Hours("10:00-18:00", "Europe/Berlin").until_open(berlin(*night)) == hours_long * 3600


def test_an_opening_in_the_hour_that_is_left_out() -> None:
    hours = Hours("Su 02:30-04:00", "Europe/Berlin")
    assert hours.next_change(berlin(2026, 3, 29, 1)) == berlin(2026, 3, 29, 3)
    assert hours.is_open(berlin(2026, 3, 29, 3, 30))


@pytest.mark.parametrize("minutes", range(0, 240, 20))
def test_the_doubled_hour_is_open_both_times(minutes: int) -> None:
    at = datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(minutes=minutes)
    expected = at.astimezone(BERLIN).hour == 2
    assert Hours("Su 02:00-03:00", "Europe/Berlin").is_open(at) is expected


def test_a_night_across_midnight() -> None:
    hours = Hours("Fr 20:00-02:00", "Europe/Berlin")
    assert hours.is_open(berlin(2026, 11, 28, 1, 59))
    assert hours.next_change(berlin(2026, 11, 27, 23)) == berlin(2026, 11, 28, 2)


def test_comments_do_not_count_as_changes() -> None:
    hours = Hours('10:00-12:00 "school classes", 12:00-18:00 "everybody"', "Europe/Berlin")
    assert hours.next_change(berlin(2026, 11, 25, 11)) == berlin(2026, 11, 25, 18)


def test_single_days_are_excepted() -> None:
    hours = Hours("Tu-Su 10:00-18:00; 2026 Dec 24 off; 2026 Dec 28 10:00-22:00", "Europe/Berlin")
    assert not hours.is_open(berlin(2026, 12, 24, 12))
    assert hours.is_open(berlin(2026, 12, 28, 21))


def test_an_empty_rule_is_always_open() -> None:
    hours = Hours("", "Europe/Berlin")
    assert hours.is_open(berlin(2026, 11, 23, 3))
    assert hours.next_change(berlin(2026, 11, 23, 3)) is None
    assert hours.until_open(berlin(2026, 11, 23, 3)) == 0


def test_closed_for_good_never_opens() -> None:
    hours = Hours("off", "Europe/Berlin")
    assert not hours.is_open(berlin(2026, 11, 25, 12))
    assert hours.until_open(berlin(2026, 11, 25, 12)) == math.inf


def test_hours_that_do_not_say_are_open_and_say_so_once(caplog: pytest.LogCaptureFixture) -> None:
    hours = Hours('10:00-18:00 unknown "if somebody is there"', "Europe/Berlin")
    with caplog.at_level(logging.WARNING):
        assert all(hours.is_open(berlin(2026, 11, 25, 12, minute)) for minute in range(5))
    assert [record.getMessage() for record in caplog.records] == [
        "open, since the opening hours leave open whether Wednesday 12:00 is open"
    ]
    assert hours.next_change(berlin(2026, 11, 25, 12)) == berlin(2026, 11, 25, 18)


def test_a_clock_without_its_battery_is_not_believed(hours: Hours, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert hours.is_open(datetime(1970, 1, 5, 3, tzinfo=UTC))
    assert "the clock shows 1970-01-05, which cannot be" in caplog.text
    assert hours.until_open(datetime(1970, 1, 5, 3, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("rule", "zone", "country", "sentence"),
    [
        ("Tu-Su 10.00-18.00", "Europe/Berlin", "", "'Tu-Su 10.00-18.00' cannot be read from '10.00-18.00' on"),
        ("dienstags", "Europe/Berlin", "", "[hours] open = 'dienstags' cannot be read"),
        ("10:00-18:00; PH off", "Europe/Berlin", "", "[hours] country must say whose"),
        ("10:00-18:00; PH off", "Europe/Berlin", "Germany", "[hours] country = 'Germany' is not known"),
        ("10:00-18:00; SH off", "Europe/Berlin", "DE", "asks for school holidays"),
        ("10:00-sunset", "Europe/Berlin", "", "asks for the sun"),
        ("10:00-18:00", "Europe/Köln", "", "[hours] timezone = 'Europe/Köln' is not a zone"),
        ("10:00-18:00", "", "", "[hours] timezone = '' is not a zone"),
        ("10:00-18:00", "../../etc/passwd", "", "is not a zone"),
    ],
)
def test_wrong_hours_are_refused_in_one_sentence(rule: str, zone: str, country: str, sentence: str) -> None:
    with pytest.raises(SiteError) as caught:
        Hours(rule, zone, country)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "such as" in str(caught.value) or "asks for" in str(caught.value)


def test_a_comment_may_speak_of_anything() -> None:
    assert Hours('10:00-18:00 "PH and SH and sunset alike"', "Europe/Berlin").is_open(berlin(2026, 11, 25, 12))


def test_small_letters_do_for_a_country() -> None:
    assert not Hours("10:00-18:00; PH off", "Europe/Berlin", "de").is_open(berlin(2026, 12, 25, 12))
