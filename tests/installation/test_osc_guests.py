"""Who may speak and how often, by a hand-turned clock."""

import logging

import pytest

from installation.osc.guests import AllowList, Edges, Memory, Meter, RefusalLog


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_second_s_worth_at_once_then_as_time_goes_by(clock: Clock) -> None:
    meter = Meter(10, clock)
    assert [meter.spend("a", 1) for _ in range(11)] == [True] * 10 + [False]
    clock.now += 0.35
    assert [meter.spend("a", 1) for _ in range(4)] == [True] * 3 + [False]
    clock.now += 3600
    assert [meter.spend("a", 1) for _ in range(11)] == [True] * 10 + [False]


def test_one_host_never_pays_for_another(clock: Clock) -> None:
    meter = Meter(1, clock)
    assert meter.spend("a", 1)
    assert not meter.spend("a", 1)
    assert meter.spend("b", 1)


def test_a_host_is_told_once_a_second(clock: Clock) -> None:
    meter = Meter(1, clock)
    assert [meter.may_tell("a") for _ in range(3)] == [True, False, False]
    clock.now += 1
    assert meter.may_tell("a")


def test_forged_hosts_fill_no_memory() -> None:
    memory: Memory[int] = Memory(most=3)
    for key in "abcd":
        memory.keep(key, 1)
        memory.recall("a", 0)
    assert [memory.recall(key, 0) for key in "acdb"] == [1, 1, 1, 0]


def test_a_held_value_rises_once() -> None:
    edges = Edges()
    assert [edges.rose("a", value) for value in (0.5, 0.9, 0.49, 0.5)] == [True, False, False, True]
    assert edges.rose("b", 1.0)


@pytest.mark.parametrize("host", ["192.168.1.7", "10.1.2.3", "::ffff:10.1.2.3", "fe80::1%eth0"])
def test_single_addresses_and_networks_are_allowed(host: str) -> None:
    assert AllowList(["192.168.1.7", "10.1.0.0/16", "fe80::/64"]).welcomes(host)


@pytest.mark.parametrize("host", ["192.168.1.8", "10.2.2.3", "::1", "fe81::1%eth0"])
def test_others_are_not(host: str) -> None:
    assert not AllowList(["192.168.1.7", "10.1.0.0/16", "fe80::/64"]).welcomes(host)


def test_refusals_take_a_line_every_ten_seconds(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    refusals = RefusalLog(clock)
    with caplog.at_level(logging.WARNING):
        for _ in range(2500):
            refusals.add("10.0.0.1", "noise")
            clock.now += 0.01
        refusals.tell()
    counts = [record.getMessage().split()[2] for record in caplog.records]
    assert len(counts) == 4
    assert sum(map(int, counts)) == refusals.count == 2500
