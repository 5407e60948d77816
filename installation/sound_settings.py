"""The sound of a site: which stems each headphone hears, on which channels of which device, and how loud at most."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from installation.errors import SiteError
from installation.settings import Table

MOST_OUTPUTS = 64  # as many as a headphones process is told of
MOST_CHANNELS = 64
MOST_STEMS = 16
LEAST_GAIN_DB, MOST_GAIN_DB = -60.0, 12.0
LONGEST_DELAY_MS = 500.0
MODES = ("stereo", "mono", "swapped")
NARRATION, MURMUR, FILM = "narration", "murmur", "film"
UNSPOKEN = frozenset({MURMUR, FILM, "countdown"})  # every other stem is narration, in whatever language
NO_SOUND = "none"
LONGEST_NAME = 32
STEM_NAME = re.compile(rf"[A-Za-z0-9._-]{{1,{LONGEST_NAME}}}")


@dataclass(frozen=True)
class SoundOutput:
    """One headphone: its device channels (from 1; two, or one), what it hears (gain in dB by stem), and how loud.

    `device` is empty for the site's own. No command brings a sample above `ceiling_dbfs`.
    """

    name: str
    channels: tuple[int, ...]
    stems: Mapping[str, float]
    gain_db: float = 0.0
    mute: bool = False
    mode: str = "stereo"
    delay_ms: float = 0.0
    ceiling_dbfs: float = 0.0
    device: str = ""


@dataclass(frozen=True)
class SoundSettings:
    """The sound device ("" the default, "none" no sound) and the headphones on it, or on others of their own."""

    device: str
    channels: int
    latency_seconds: float
    av_offset_ms: float
    outputs: tuple[SoundOutput, ...]
    duck_db: float = -9.0
    duck_attack_seconds: float = 0.15
    duck_release_seconds: float = 0.6
    loudness_lufs: float | None = None

    @property
    def stems(self) -> tuple[str, ...]:
        """The names of all stems that any headphone hears, narration and murmur first."""
        heard = {name for output in self.outputs for name in output.stems}
        return (NARRATION, MURMUR, *sorted(heard - {NARRATION, MURMUR}))

    @property
    def devices(self) -> dict[str, int]:
        """Every device that is asked for, and of how many channels; the site's own first. Empty without sound."""
        wanted = {output.device or self.device: 1 for output in self.outputs}
        for output in self.outputs:
            device = output.device or self.device
            wanted[device] = max(wanted[device], *output.channels)
        if self.device in wanted:
            wanted[self.device] = self.channels
        first = sorted(wanted, key=lambda device: device != self.device)
        return {device: wanted[device] for device in first if device != NO_SOUND}

    def on(self, device: str) -> list[int]:
        """The numbers (from 0) of the outputs on a device."""
        return [n for n, output in enumerate(self.outputs) if (output.device or self.device) == device]


def read_sound(table: Table, stems: frozenset[str]) -> SoundSettings:
    """[sound] and its outputs; `stems` are the names of the site's stems, empty when it has none."""
    device, channels = table.text("device", ""), table.whole("channels", 2, 1, MOST_CHANNELS)
    settings = SoundSettings(
        device=device,
        channels=channels,
        latency_seconds=table.number("latency_seconds", 0.1, 0.02, 2.0),
        av_offset_ms=table.number("av_offset_ms", 0.0, -1000.0, 1000.0),
        outputs=tuple(_output(each, device, channels, stems) for each in table.tables("output")),
        duck_db=table.number("duck_db", -9.0, LEAST_GAIN_DB, 0.0),
        duck_attack_seconds=table.number("duck_attack_ms", 150.0, 10.0, 2000.0) / 1000,
        duck_release_seconds=table.number("duck_release_ms", 600.0, 10.0, 5000.0) / 1000,
        loudness_lufs=table.number("loudness_lufs", -23.0, -40.0, -10.0) if table.has("loudness_lufs") else None,
    )
    table.finish()
    _check_number(table, settings, stems)
    _check_channels(table, settings)
    return settings


def _output(table: Table, usual: str, channels: int, stems: frozenset[str]) -> SoundOutput:
    device = table.text("device", "")
    most = channels if device in ("", usual) else MOST_CHANNELS
    places = table.wholes("channels", (1, 2), 1, most)
    if len(places) not in (1, 2) or len(set(places)) != len(places):
        raise table.wrong("channels", list(places), f"one or two channels, each from 1 to {most}")
    output = SoundOutput(
        name=table.text("name", "headphone"),
        channels=places,
        stems=_stems(table, stems),
        gain_db=table.number("gain_db", 0.0, LEAST_GAIN_DB, MOST_GAIN_DB),
        mute=table.switch("mute", False),
        mode=table.choice("mode", "stereo", MODES),
        delay_ms=table.number("delay_ms", 0.0, 0.0, LONGEST_DELAY_MS),
        ceiling_dbfs=table.number("ceiling_dbfs", 0.0, LEAST_GAIN_DB, 0.0),
        device=device,
    )
    table.finish()
    return output


def _stems(table: Table, known: frozenset[str]) -> dict[str, float]:
    """Gains in dB by stem: `stems = { narration = 0.0, murmur = -12.0 }`, or `stem = "narration"` for one alone."""
    if not table.has("stems"):
        name = table.text("stem", NARRATION)
        _check_stem(table, "stem", name, known)
        return {name: 0.0}
    if table.has("stem"):
        raise table.wrong("stem", table.text("stem"), "left out where stems are given")
    gains = table.table("stems")
    names = gains.unread()
    for name in names:
        _check_stem(table, "stems", name, known)
    return {name: gains.number(name, 0.0, LEAST_GAIN_DB, MOST_GAIN_DB) for name in names}


def stem_name(table: Table, name: str) -> str:
    """A name that can stand in an OSC address; SiteError for any other."""
    if not STEM_NAME.fullmatch(name):
        signs = f"letters a to z, digits, - _ and . can stand there, {LONGEST_NAME} at most"
        raise SiteError(f'{table.source}: [{table.name}] "{name}" is no name for a stem: {signs}')
    return name


def _check_stem(table: Table, key: str, name: str, known: frozenset[str]) -> None:
    stem_name(table, name)
    if known and name not in known | {FILM}:
        one_of = ", ".join(f'"{each}"' for each in sorted(known | {FILM}))
        raise table.wrong(key, name, f"one of {one_of}")


def _check_number(table: Table, settings: SoundSettings, stems: frozenset[str]) -> None:
    count = len(settings.outputs)
    if count > MOST_OUTPUTS:
        raise SiteError(f"{table.source}: [[sound.output]] stands there {count} times: {MOST_OUTPUTS} is the most")
    there = len(stems.union(settings.stems))
    if there > MOST_STEMS:
        raise SiteError(f"{table.source}: there are {there} stems, heard or not: {MOST_STEMS} is the most")


def _check_channels(table: Table, settings: SoundSettings) -> None:
    """Two headphones on one channel would add up above either's ceiling."""
    taken: dict[tuple[str, int], int] = {}
    for number, output in enumerate(settings.outputs, 1):
        for channel in output.channels:
            other = taken.setdefault((output.device or settings.device, channel), number)
            if other != number:
                raise SiteError(
                    f"{table.source}: [sound.output] channels of number {number} = {list(output.channels)} is wrong:"
                    f" number {other} plays on channel {channel} already"
                )
