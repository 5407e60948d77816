"""How loud and how late everything is heard, as set by ear: pure values, changed by commands, kept as JSON.

A refusal is a ValueError whose sentence goes to the sender.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from installation.commands import (
    HeadphoneDelay,
    HeadphoneGain,
    HeadphoneMute,
    HeadphoneStem,
    LevelCommand,
    MurmurDuck,
    NarrationGain,
    NarrationMute,
    OutputCommand,
    StemGain,
    StemHeard,
)
from installation.sound_settings import (
    LEAST_GAIN_DB,
    LONGEST_DELAY_MS,
    MOST_GAIN_DB,
    UNSPOKEN,
    SoundOutput,
    SoundSettings,
)


@dataclass(frozen=True)
class OutputLevels:
    """One headphone: gain and mute of all it hears, its delay, and the gain in dB of each stem."""

    name: str
    gain_db: float
    mute: bool
    delay_ms: float
    stems: Mapping[str, float]

    def changed(self, command: OutputCommand, known: tuple[str, ...], usual: Mapping[str, float]) -> "OutputLevels":
        """As after a command; `usual` are the gains that the site gives its stems."""
        match command:
            case HeadphoneGain(_, gain_db):
                return replace(self, gain_db=gain_db)
            case HeadphoneMute(_, mute):
                return replace(self, mute=mute)
            case HeadphoneDelay(_, delay_ms):
                return replace(self, delay_ms=delay_ms)
            case HeadphoneStem(_, stem):
                return replace(self, stems={_known(stem, known): usual.get(stem, 0.0)})
            case StemHeard(_, stem, heard):
                others = {name: gain for name, gain in self.stems.items() if name != stem}
                gain = self.stems.get(_known(stem, known), usual.get(stem, 0.0))
                return replace(self, stems=others | ({stem: gain} if heard else {}))
            case StemGain(_, stem, gain_db):
                if _known(stem, known) not in self.stems:
                    raise ValueError(f'headphone {command.output} does not hear "{stem}"')
                return replace(self, stems={**self.stems, stem: gain_db})


@dataclass(frozen=True)
class Levels:
    """All headphones, the narration in all of them, and how far the murmur ducks under it."""

    outputs: tuple[OutputLevels, ...]
    duck_db: float
    narration_gain_db: float = 0.0
    narration_mute: bool = False

    @classmethod
    def of_site(cls, settings: SoundSettings) -> "Levels":
        """As the site says."""
        return cls(tuple(map(_of_output, settings.outputs)), settings.duck_db)

    def stem_gain(self, output: int, stem: str) -> float:
        """Linear gain of a stem in a headphone, counted from 0; 0.0 where it is not heard."""
        stems = self.outputs[output].stems
        narrates = stem not in UNSPOKEN
        if stem not in stems or (narrates and self.narration_mute):
            return 0.0
        return linear(stems[stem] + (self.narration_gain_db if narrates else 0.0))

    def changed(self, command: LevelCommand, known: tuple[str, ...], outputs: Sequence[SoundOutput] = ()) -> "Levels":
        """As after a command; `known` are the stems there are, `outputs` the headphones with their usual gains."""
        match command:
            case NarrationGain(gain_db):
                return replace(self, narration_gain_db=gain_db)
            case NarrationMute(mute):
                return replace(self, narration_mute=mute)
            case MurmurDuck(duck_db):
                return replace(self, duck_db=duck_db)
            case _:
                usual = outputs[command.output - 1].stems if 1 <= command.output <= len(outputs) else {}
                changed = self.output(command.output).changed(command, known, usual)
                return self._with(command.output, changed)

    def _with(self, number: int, changed: OutputLevels) -> "Levels":
        outputs = [changed if n == number else each for n, each in enumerate(self.outputs, 1)]
        return replace(self, outputs=tuple(outputs))

    def output(self, number: int) -> OutputLevels:
        """A headphone counted from 1; ValueError when there is no such one."""
        if not 1 <= number <= len(self.outputs):
            raise ValueError(f"headphone {number} does not exist: there are {len(self.outputs)}")
        return self.outputs[number - 1]


def linear(gain_db: float) -> float:
    """A gain in dB as a factor, exactly 1.0 at 0 dB."""
    return float(10 ** (gain_db / 20))


def as_json(levels: Levels) -> dict[str, Any]:
    """Plain values."""
    return asdict(levels) | {"outputs": [asdict(output) for output in levels.outputs]}


def from_json(values: Mapping[str, Any], known: tuple[str, ...]) -> Levels:
    """The same back; ValueError for anything that is no such thing or out of range."""
    try:
        outputs = tuple(_read_output(each, known) for each in values["outputs"])
        duck = _within(values["duck_db"], LEAST_GAIN_DB, 0.0)
        gain = _within(values["narration_gain_db"], LEAST_GAIN_DB, MOST_GAIN_DB)
        return Levels(outputs, duck, gain, bool(values["narration_mute"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it holds no levels ({type(error).__name__}: {error})") from error


def _read_output(values: Mapping[str, Any], known: tuple[str, ...]) -> OutputLevels:
    stems = {
        _known(str(name), known): _within(gain, LEAST_GAIN_DB, MOST_GAIN_DB) for name, gain in values["stems"].items()
    }
    gain, delay = values["gain_db"], values["delay_ms"]
    return OutputLevels(
        name=str(values["name"]),
        gain_db=_within(gain, LEAST_GAIN_DB, MOST_GAIN_DB),
        mute=bool(values["mute"]),
        delay_ms=_within(delay, 0.0, LONGEST_DELAY_MS),
        stems=stems,
    )


def _within(value: Any, low: float, high: float) -> float:
    number = float(value)
    if not low <= number <= high:
        raise ValueError(f"{number:g} is not within {low:g}..{high:g}")
    return number


def _known(stem: str, known: tuple[str, ...]) -> str:
    if stem not in known:
        raise ValueError(f'there is no stem "{stem}"; there are: {", ".join(known)}')
    return stem


def _of_output(output: SoundOutput) -> OutputLevels:
    return OutputLevels(output.name, output.gain_db, output.mute, output.delay_ms, dict(output.stems))
