"""The OSC port from outside: real datagrams on loopback, the frame loop's part played by draining the queue."""

import logging
import random
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from installation import commands
from installation.commands import CommandQueue, Request
from installation.errors import SiteError
from installation.levels import Levels, OutputLevels
from installation.osc import OscServer
from installation.site import OscSettings
from installation.status import Board, OutputStatus, Status
from tests.support.osc import HANGING, Sender, bundle, message, oscsend
from tests.support.waiting import wait_until

SETTINGS = OscSettings("127.0.0.1", 0, 0, (), "/show", 2000)
STATUS = Status(
    state="playing",
    position=12.5,
    cue="film",
    panels=(1.0, 0.5, 0.25),
    headphones=tuple(OutputStatus(f"stool {n}", -3.0 * n, n == 2) for n in range(1, 4)),
    stems=("murmur", "narration"),
    levels=Levels(
        tuple(OutputLevels(f"stool {n}", -3.0 * n, n == 2, 0.0, {"narration": -float(n)}) for n in range(1, 4)), -9.0
    ),
    restarts={"headphones": 2, "desk": 1},
    uptime=99.0,
)


class Show:
    """A port with its queue and board, and a sender connected to it."""

    def __init__(self, settings: OscSettings = SETTINGS, maxsize: int = 256) -> None:
        self.commands, self.board = CommandQueue(maxsize), Board()
        self.board.latest = STATUS
        self.server = OscServer(settings, self.commands, self.board)
        assert self.server.start(), self.server.trouble
        self.sender = Sender(self.server.address[1])

    def next_requests(self) -> list[Request]:
        return wait_until(self.commands.drain, "a command")

    def close(self) -> None:
        self.sender.close()
        self.server.stop()


@contextmanager
def showing(**changes: object) -> Iterator[Show]:
    show = Show(replace(SETTINGS, **changes))  # type: ignore[arg-type]
    try:
        yield show
    finally:
        show.close()


@pytest.fixture
def show() -> Iterator[Show]:
    with showing() as show:
        yield show


@pytest.mark.parametrize(
    ("address", "values", "command"),
    [
        ("/show/go", (), commands.Go()),
        ("/show/go", ("film",), commands.Go("film")),
        ("/show/go", (2,), commands.Go("2")),
        ("/show/go", (1.0,), commands.Go()),
        ("/show/pause", (), commands.Pause()),
        ("/show/pause", (True,), commands.Pause()),
        ("/show/resume", (1,), commands.Resume()),
        ("/show/seek", (12.5,), commands.Seek(12.5)),
        ("/show/seek", (3,), commands.Seek(3.0)),
        ("/show/blackout", (1,), commands.Blackout(True)),
        ("/show/blackout", (False,), commands.Blackout(False)),
        ("/show/blackout", (0.7, 2), commands.Blackout(True, 2.0)),
        ("/show/fade", (0.25, 4), commands.Fade(0.25, 4.0)),
        ("/show/panel/3/opacity", (0.5,), commands.PanelOpacity(3, 0.5)),
        ("/show/headphone/2/gain", (-60,), commands.HeadphoneGain(2, -60.0)),
        ("/show/headphone/2/mute", (True,), commands.HeadphoneMute(2, True)),
        ("/show/headphone/2/stem/murmur/heard", (1.0,), commands.StemHeard(2, "murmur", True)),
        ("/show/headphone/2/stem/narration/gain", (-6,), commands.StemGain(2, "narration", -6.0)),
        ("/show/clips/play", (7,), commands.PlayClip(7)),
        ("/show/clips/remove", (7,), commands.RemoveClip(7)),
        ("/show/clips/remove", (7.0,), commands.RemoveClip(7)),
        ("/show/clips/remove", (" 7",), commands.RemoveClip(7)),
        ("/show/clips/pause", (), commands.PauseMaking()),
        ("/show/clips/resume", (1.0,), commands.ResumeMaking()),
    ],
)
def test_messages_become_commands(show: Show, address: str, values: tuple[float, ...], command: object) -> None:
    show.sender.send(address, *values)
    assert [request.command for request in show.next_requests()] == [command]


def test_an_applied_command_is_acknowledged_with_its_value(show: Show) -> None:
    show.sender.send("/show/seek", 3)
    show.next_requests()[0].answer(None)
    assert show.sender.hear() == ("/reply/show/seek", (3.0,))


def test_an_applied_trigger_is_acknowledged_with_1(show: Show) -> None:
    show.sender.send("/show/pause")
    show.next_requests()[0].answer(None)
    assert show.sender.hear() == ("/reply/show/pause", (1,))


def test_what_the_frame_loop_refuses_is_told(show: Show) -> None:
    show.sender.send("/show/go", "no such film")
    request = show.next_requests()[0]
    threading.Thread(target=request.answer, args=["there is no cue 'no such film'"]).start()
    assert show.sender.hear() == ("/show/error", ("/show/go", "there is no cue 'no such film'"))


@pytest.mark.parametrize(
    ("address", "values", "reason"),
    [
        ("/show/panel/2/opacity", (1.5,), "opacity = 1.5 is outside 0..1"),
        ("/show/panel/2/opacity", ("x",), "opacity is a number in 0..1, not a text"),
        ("/show/panel/4/opacity", (1.0,), "there is no panel 4; they are counted from 1 to 3"),
        ("/show/panel/0/opacity", (1.0,), "there is no panel 0; they are counted from 1 to 3"),
        ("/show/panel/1/colour", (1.0,), "there is no such address for a panel"),
        ("/show/headphone/9/mute", (1,), "there is no headphone 9; they are counted from 1 to 3"),
        ("/show/headphone/1/gain", (12.5,), "gain = 12.5 is outside -60..12 dB"),
        ("/show/headphone/1/mute", ("yes",), "mute is 0 or 1, not a text"),
        ("/show/headphone/9/stem/song/gain", (1,), "there is no headphone 9; they are counted from 1 to 3"),
        ("/show/headphone/1/stem/song/gain", (1,), 'there is no stem "song"; there are: murmur, narration'),
        ("/show/headphone/1/stem/murmur/mute", (1,), "there is no such address for a headphone"),
        ("/show/headphone/1/stem/murmur/gain", (), "this headphone does not hear this stem"),
        ("/show/headphone/1/stem/murmur/gain", (13,), "gain = 13 is outside -60..12 dB"),
        ("/show/seek", (-1.0,), "position = -1 is outside 0 or more s"),
        ("/show/fade", (0.5,), "1 arguments came where 2 belong"),
        ("/show/fade", (0.5, 4000), "seconds = 4000 is outside 0..3600 s"),
        ("/show/blackout", (1, 2, 3), "3 arguments came where 1 to 2 belong"),
        ("/show/go", (0,), "cue is a name or a number from 1"),
        ("/show/status/state", (1,), "this address can only be read; send it without arguments"),
        ("/show/status/offset", (), "there is no value now"),
        ("/show/dance", (), "there is no such address; /show/status answers with what can be read"),
        ("/show", (), "there is no such address; /show/status answers with what can be read"),
        ("/other", (), "there is no such address; /show/status answers with what can be read"),
        ("/show/panel/[1-/opacity", (), "a [ is not closed"),
        *(
            ("/show/clips/remove", (wrong,), "clip is a whole number, 1 or more")
            for wrong in (0, -7, 7.5, 1e30, True, "", "seven", "7" * 200)
        ),
        ("/show/clips/*", (7,), "a pattern reads what can be read and sets panels and headphones, nothing else"),
        ("/show/nothing*", (), "no address matches the pattern"),
        ("/show/*", (1.0,), "a pattern reads what can be read and sets panels and headphones, nothing else"),
    ],
)
def test_refusals_name_the_address_and_the_range(show: Show, address: str, values: tuple[float], reason: str) -> None:
    assert show.sender.ask(address, *values) == ("/show/error", (address, reason))
    assert show.commands.drain() == []
    assert show.server.refused == 1


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("/show/ping", 99.0),
        ("/show/version", "0.1.0"),
        ("/show/seek", 12.5),
        ("/show/blackout", 0),
        ("/show/fade", 1.0),
        ("/show/panel/2/opacity", 0.5),
        ("/show/headphone/3/gain", -9.0),
        ("/show/headphone/2/mute", 1),
        ("/show/headphone/2/stem/narration/gain", -2.0),
        ("/show/headphone/2/stem/narration/heard", 1),
        ("/show/headphone/2/stem/murmur/heard", 0),
        ("/show/status/state", "playing"),
        ("/show/status/restarts", 3),
        ("/show/status/panels", 3),
    ],
)
def test_addresses_are_read_without_arguments(show: Show, address: str, value: object) -> None:
    assert show.sender.ask(address) == (f"/reply{address}", (value,))


def test_status_alone_answers_with_all_of_it(show: Show) -> None:
    show.sender.send("/show/status")
    heard = dict(show.sender.rest())
    assert len(heard) >= 25
    assert heard["/reply/show/status/cue"] == ("film",)
    assert "/reply/show/status/offset" not in heard  # nothing has been measured yet


def test_a_pattern_reads_several(show: Show) -> None:
    show.sender.send("/show/panel/*/opacity")
    assert dict(show.sender.rest()) == {
        "/reply/show/panel/1/opacity": (1.0,),
        "/reply/show/panel/2/opacity": (0.5,),
        "/reply/show/panel/3/opacity": (0.25,),
    }


def test_a_pattern_reads_the_gains_of_what_is_heard(show: Show) -> None:
    show.sender.send("/show/headphone/[12]/stem/*/gain")
    assert dict(show.sender.rest()) == {
        "/reply/show/headphone/1/stem/narration/gain": (-1.0,),
        "/reply/show/headphone/2/stem/narration/gain": (-2.0,),
    }


def test_a_pattern_sets_the_gains_of_what_is_heard(show: Show) -> None:
    show.sender.send("/show/headphone/*/stem/*/gain", -4.0)
    assert [request.command for request in show.next_requests()] == [
        commands.StemGain(n, "narration", -4.0) for n in (1, 2, 3)
    ]


def test_a_pattern_sets_several(show: Show) -> None:
    show.sender.send("/show/headphone/{1,3}/mute", True)
    assert [request.command for request in show.next_requests()] == [
        commands.HeadphoneMute(1, True),
        commands.HeadphoneMute(3, True),
    ]


def test_a_pattern_never_triggers(show: Show) -> None:
    show.sender.send("/show/{go,pause,ping}")
    assert list(show.sender.rest()) == [("/reply/show/ping", (99.0,))]
    assert show.commands.drain() == []


def test_a_held_trigger_fires_on_its_rising_edge_only(show: Show) -> None:
    for value in [0.0, 0.4, 0.5, 1.0, 1.0, 0.2, 1.0]:
        show.sender.send("/show/pause", value)
    show.sender.ask("/show/ping")
    assert len(show.commands.drain()) == 2


def test_two_senders_hold_their_triggers_apart(show: Show) -> None:
    show.sender.send("/show/pause", 1.0)
    other = Sender(show.server.address[1])
    other.send("/show/pause", 1.0)
    other.ask("/show/ping")
    assert len(show.commands.drain()) == 2
    other.close()


def test_the_messages_of_a_bundle_act_at_once_and_in_order(show: Show) -> None:
    in_a_year = int(time.time() + 2208988800 + 31e6) << 32
    show.sender.raw(bundle(message("/show/seek", 1), bundle(message("/show/pause"), time=in_a_year), time=in_a_year))
    assert [request.command for request in show.next_requests()] == [commands.Seek(1.0), commands.Pause()]


def test_a_full_queue_is_told() -> None:
    show = Show(maxsize=2)
    for _ in range(3):
        show.sender.send("/show/pause")
    assert show.sender.hear() == ("/show/error", ("/show/pause", "too many commands are waiting; send it again"))
    show.close()


@pytest.mark.timeout(20)
def test_the_packet_that_hangs_python_osc_hangs_nothing(show: Show) -> None:
    show.sender.raw(HANGING)
    assert show.sender.hear() == ("/show/error", ("", "a bundle holds an element of -4 bytes"))
    assert show.sender.ask("/show/ping")[0] == "/reply/show/ping"
    assert show.server.refused == 1


def test_a_fault_of_ours_does_not_silence_the_port(show: Show, caplog: pytest.LogCaptureFixture) -> None:
    show.board.latest = None  # type: ignore[assignment]
    assert show.sender.ask("/show/ping") == ("/show/error", ("", "the packet could not be served"))
    show.board.latest = STATUS
    assert show.sender.ask("/show/ping") == ("/reply/show/ping", (99.0,))
    assert "this is told once" in caplog.text


def test_ten_thousand_packets_of_noise_change_nothing() -> None:
    noise = random.Random(11)
    with showing(per_second=100000) as show:
        for count in range(10000):
            show.sender.raw(noise.choice([b"", b"/", b"#bundle\0"]) + noise.randbytes(noise.randrange(64)))
            if count % 50 == 49:  # the kernel would drop what comes faster than it is read
                show.sender.wait_for_ping()
        assert show.server.refused > 9000
        assert show.commands.drain() == []


def test_noise_is_logged_in_few_lines(show: Show, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(200):
            show.sender.raw(b"noise")
        wait_until(lambda: show.server.refused == 200, "200 refusals")
        show.close()
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "osc refused 1 packet, the last: the packet starts neither with / nor with #bundle (from 127.0.0.1)",
        "osc refused 199 packets, the last: the packet starts neither with / nor with #bundle (from 127.0.0.1)",
    ]


def test_more_than_the_site_allows_is_refused_and_told() -> None:
    with showing(per_second=20) as show:
        for _ in range(100):
            show.sender.send("/show/pause")
        wait_until(lambda: show.server.refused >= 75, "refusals")
        assert len(show.commands.drain()) <= 25
        told = [values for address, values in show.sender.rest() if address == "/show/error"]
        assert told == [("", "more messages a second came than the site allows")]


@pytest.mark.parametrize("packet", [bundle(*[message("/show/pause")] * 15), message("/show/*/*/mute", 1)])
def test_bundles_and_patterns_count_for_more(packet: bytes) -> None:
    with showing(per_second=20) as show:
        for _ in range(3):
            show.sender.raw(packet)
        heard = wait_until(lambda: [values for _, values in show.sender.rest()], "an answer")
        assert heard == [("", "more messages a second came than the site allows")]
        assert len(show.commands.drain()) in (6, 15)


def test_a_rested_sender_may_send_a_large_packet() -> None:
    with showing(per_second=1) as show:
        show.sender.raw(bundle(*[message("/show/pause")] * 15))
        assert len(show.next_requests()) == 15


def test_a_flood_of_20000_a_second_holds_nothing_up(show: Show) -> None:
    flood, seconds = message("/show/headphone/1/gain", -6.0), 2.0
    began, sent = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        while sent < passed * 20000:
            show.sender.raw(flood)
            sent += 1
        show.commands.drain()
    assert len(show.commands.drain()) <= 256
    wait_until(lambda: show.server.refused, "refusals")
    other = Sender(show.server.address[1])
    wait_until(other.is_answered, "an answer")
    other.close()


def test_only_allowed_addresses_are_heard() -> None:
    with showing(allow=("10.1.0.0/16", "192.168.1.7")) as show:
        show.sender.send("/show/ping")
        wait_until(lambda: show.server.refused, "a refusal")
        assert list(show.sender.rest()) == []
    with showing(allow=("10.1.0.0/16", "127.0.0.1")) as show:
        assert show.sender.ask("/show/ping")[0] == "/reply/show/ping"


def test_an_allow_list_that_names_no_address_is_refused() -> None:
    with pytest.raises(SiteError, match=r"\[osc\] allow = 'touchdesigner.local' is neither"):
        OscServer(replace(SETTINGS, allow=("touchdesigner.local",)), CommandQueue(), Board())


def test_replies_go_to_the_reply_port_of_the_site() -> None:
    listening = Sender(9)
    with showing(reply_port=listening.socket.getsockname()[1]) as show:
        show.sender.send("/show/ping")
        assert listening.hear() == ("/reply/show/ping", (99.0,))
    listening.close()


def test_the_prefix_is_the_sites_own() -> None:
    with showing(prefix="/bay/window") as show:
        assert show.sender.ask("/bay/window/seek") == ("/reply/bay/window/seek", (12.5,))
        assert show.sender.ask("/show/ping")[0] == "/bay/window/error"


@pytest.mark.parametrize("address", ["/reply/show/ping", "/show/error"])
def test_answers_are_never_answered(show: Show, address: str) -> None:
    show.sender.send(address, "from another show")
    show.sender.send("/show/ping")
    assert show.sender.hear()[0] == "/reply/show/ping"
    assert show.server.refused == 1


def test_a_port_in_use_is_a_sentence_and_the_show_goes_on(show: Show) -> None:
    port = show.server.address[1]
    second = OscServer(replace(SETTINGS, port=port), CommandQueue(), Board())
    assert second.start() is False
    expected = f"OSC cannot listen on 127.0.0.1:{port} (Address already in use); the show goes on without it"
    assert second.trouble == expected
    second.stop()
    assert show.sender.ask("/show/ping")[0] == "/reply/show/ping"


def test_a_host_that_is_not_this_machine_is_a_sentence() -> None:
    server = OscServer(replace(SETTINGS, host="192.0.2.1"), CommandQueue(), Board())
    assert server.start() is False
    assert "OSC cannot listen on 192.0.2.1:0 (Cannot assign requested address)" in server.trouble
    server.stop()


def test_stopping_leaves_no_thread_and_frees_the_port() -> None:
    with showing() as show:
        assert "osc" in {thread.name for thread in threading.enumerate()}
        port = show.server.address[1]
    assert "osc" not in {thread.name for thread in threading.enumerate()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", port))


def test_an_answer_after_the_end_is_dropped() -> None:
    with showing() as show:
        show.sender.send("/show/pause")
        requests = show.next_requests()
    requests[0].answer(None)


def test_liblo_is_understood(show: Show) -> None:
    oscsend(show.server.address[1], "/show/blackout", "Tf", 2.5)
    oscsend(show.server.address[1], "/show/go", "s", "film")
    oscsend(show.server.address[1], "/show/pause")
    wanted = [commands.Blackout(True, 2.5), commands.Go("film"), commands.Pause()]
    got: list[commands.Command] = []
    wait_until(lambda: got.extend(r.command for r in show.commands.drain()) or len(got) == 3, "three commands")
    assert got == wanted


def test_liblo_understands_the_answers() -> None:
    listening = Sender(9)
    port = listening.socket.getsockname()[1]
    listening.close()
    with subprocess.Popen(["oscdump", "-L", str(port)], stdout=subprocess.PIPE, text=True) as dump:
        try:
            with showing(reply_port=port) as show:
                wait_until(lambda: _is_bound(port), "oscdump")
                show.sender.send("/show/panel/2/opacity")
                assert dump.stdout is not None
                assert "/reply/show/panel/2/opacity f 0.500000" in dump.stdout.readline()
        finally:
            dump.kill()


def _is_bound(port: int) -> bool:
    return f":{port:04X} " in Path("/proc/net/udp").read_text() + Path("/proc/net/udp6").read_text()
