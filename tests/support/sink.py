"""A sound card without hardware: a PulseAudio null sink "headphones", and what was played into it.

Programs that use ALSA or PortAudio find it when they are started with `Sink.env`. Start recording before the
program: a sink asks for data a while after it is opened. Pulse and ALSA order six channels alike only by this map.
Without rewinds a null sink asks for small pieces, as a card does. A recorder that the server moves hears silence.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from tests.support.waiting import wait_until

RATE = 48000
POSITIONS = ["front-left", "front-right", "rear-left", "rear-right", "front-center", "lfe", "side-left", "side-right"]
PULSE = """
load-module module-native-protocol-unix socket={folder}/pulse.sock auth-anonymous=1 auth-cookie-enabled=0
load-module module-null-sink sink_name=headphones {form}
load-module module-null-source source_name=silence
load-module module-stream-restore
set-default-sink headphones
set-default-source silence
"""
ALSA = """
</usr/share/alsa/alsa.conf>
pcm.headphones { type pulse device headphones hint { show on description "headphones" } }
pcm.!default { type pulse device headphones }
ctl.!default { type pulse }
"""
SERVER = "--daemonize=no --exit-idle-time=-1 --disable-shm=yes --use-pid-file=no --disallow-exit --log-level=error"


class Recording:
    """Sound as it was played: `.samples` float32 (frames, channels), complete once the `record()` block has ended."""

    def __init__(self, path: Path, channels: int) -> None:
        self.path, self.channels = path, channels

    @property
    def samples(self) -> np.ndarray:
        """As many as there are by now; what is not looked at is not read, as an hour of them is 4 GB."""
        frames = self.path.stat().st_size // 4 // self.channels
        if not frames:
            return np.zeros((0, self.channels), np.float32)
        return np.asarray(np.memmap(self.path, "<f4", "r", shape=(frames, self.channels)))

    def loudness(self, last_seconds: float | None = None) -> np.ndarray:
        """RMS of every channel, over all of it or over its end."""
        part = self.samples if last_seconds is None else self.samples[-int(last_seconds * RATE) :]
        return np.sqrt(np.mean(np.square(part, dtype=np.float64), axis=0))


class Sink:
    """The sound card with 6 or 8 channels; `unplug()` and `plug_in()` are the cable."""

    def __init__(self, channels: int = 6) -> None:
        self.channels, self.map = channels, ",".join(POSITIONS[:channels])
        self.folder = Path(tempfile.mkdtemp(prefix="sink-", dir="/tmp"))  # short: sockets' paths end at 107 letters
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """What a program's environment needs to find this card."""
        here = str(self.folder)
        runtime = {"XDG_RUNTIME_DIR": here, "PULSE_RUNTIME_PATH": here, "PULSE_STATE_PATH": f"{here}/state"}
        pulse = {"PULSE_SERVER": f"unix:{here}/pulse.sock", "PULSE_COOKIE": f"{here}/cookie"}
        return runtime | pulse | {"ALSA_CONFIG_PATH": f"{here}/asound.conf"}

    def plug_in(self) -> None:
        (self.folder / "state").mkdir(exist_ok=True)
        (self.folder / "pulse.pa").write_text(PULSE.format(folder=self.folder, form=form(self.channels)))
        (self.folder / "asound.conf").write_text(ALSA)
        command = [
            "setpriv",
            "--pdeathsig",
            "KILL",
            "pulseaudio",
            "-n",
            *SERVER.split(),
            "-F",
            self.folder / "pulse.pa",
        ]
        with open(self.folder / "log", "ab") as log:
            self.server = subprocess.Popen(command, env=self._environment(), stdout=log, stderr=log)
        wait_until(self._answers, "PulseAudio")
        with suppress(PermissionError):  # a sound card does not wait for the other work of the PC
            os.sched_setscheduler(self.server.pid, os.SCHED_RR, os.sched_param(5))

    def unplug(self) -> None:
        if self.server:
            self.server.kill()
            self.server.wait(10)
            self.server = None
        (self.folder / "pulse.sock").unlink(missing_ok=True)

    def close(self) -> None:
        self.unplug()
        shutil.rmtree(self.folder, ignore_errors=True)

    def load(self, name: str, channels: int = 6, rate: int = RATE) -> None:
        """Another card, or this one again after `unload`."""
        self._pactl("load-module", "module-null-sink", f"sink_name={name}", *form(channels, rate).split())

    def unload(self, name: str) -> None:
        """Unplug one card while the server goes on; it moves what played there to another."""
        modules = self._pactl("list", "short", "modules").splitlines()
        (number,) = [line.split()[0] for line in modules if f"sink_name={name} " in line]
        self._pactl("unload-module", number)

    def suspend(self, name: str, still: bool) -> None:
        """Hold a card still, or let it run: it can be opened and takes no sound."""
        self._pactl("suspend-sink", name, str(int(still)))

    @contextmanager
    def record(self, name: str = "headphones") -> Iterator[Recording]:
        """Everything that plays while the block runs, from a moment when the recorder surely hears."""
        recording = Recording(Path(tempfile.mkstemp(suffix=".f32", dir=self.folder)[1]), self.channels)
        options = [
            "--format=float32le",
            f"--rate={RATE}",
            f"--channels={self.channels}",
            f"--channel-map={self.map}",
            "--raw",
        ]
        command = ["parec", "-d", f"{name}.monitor", "--latency-msec=20", *options]
        with open(recording.path, "wb") as file:
            recorder = subprocess.Popen(command, env=self._environment(), stdout=file)
        try:
            wait_until(lambda: recording.path.stat().st_size, "the first recorded sound")
            yield recording
        finally:
            recorder.terminate()
            recorder.wait(10)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.env}

    def _pactl(self, *words: str) -> str:
        done = subprocess.run(["pactl", *words], env=self._environment(), capture_output=True, text=True, check=True)
        return done.stdout

    def _answers(self) -> bool:
        asked = subprocess.run(["pactl", "info"], env=self._environment(), capture_output=True, check=False)
        return asked.returncode == 0


def form(channels: int, rate: int = RATE) -> str:
    """A null sink's arguments."""
    places = ",".join(POSITIONS[:channels])
    return f"norewinds=1 format=float32le rate={rate} channels={channels} channel_map={places}"
