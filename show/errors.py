"""What can be wrong with the work itself; each carries one sentence for the person who can mend it.

ShowError
├── FilmError      a film cannot be read
├── CaptionError   a caption file is malformed
├── StemError      a sound file cannot be read
├── StoryError     story.toml is wrong
├── WeightsError   a model cannot be read
├── LedgerError    the ledger of submissions is damaged or refuses a change
└── GateError      a word list, or the classifier of pictures, cannot be used
"""


class ShowError(Exception):
    """Something of the work is wrong; the message is one sentence."""


class FilmError(ShowError):
    """A film cannot be read."""


class CaptionError(ShowError):
    """A caption file is malformed."""


class StemError(ShowError):
    """A sound file cannot be read."""


class StoryError(ShowError):
    """A story is wrong: the message names file, key, value and range."""


class WeightsError(ShowError):
    """A model's weights cannot be read."""


class LedgerError(ShowError):
    """The ledger of submissions is damaged or refuses a change."""


class GateError(ShowError):
    """A word list, or the classifier of pictures, cannot be used."""
