"""What each command does, to picture, sound and making; called by the frame loop."""

from installation.commands import (
    CaptionLanguage,
    Command,
    HeadphoneIdentify,
    LevelCommand,
    PauseMaking,
    RemoveClip,
    Request,
    ResumeMaking,
    SaveLevels,
    ShowCaptions,
    UndoLevels,
)
from installation.end_card import EndCards
from installation.headphones import Headphones
from installation.levels_store import SavedLevels
from installation.night import Night
from installation.performance import Performance
from installation.removals import Removals
from installation.typesetter import Typesetter


class Control:
    """Applies requests to the parts of a show, and answers them."""

    def __init__(
        self,
        performance: Performance,
        typesetter: Typesetter,
        cards: EndCards,
        headphones: Headphones,
        levels: SavedLevels,
        night: Night,
        removals: Removals,
    ) -> None:
        self._performance, self._typesetter, self._cards = performance, typesetter, cards
        self._headphones, self._levels = headphones, levels
        self._night, self._removals = night, removals

    def apply(self, request: Request, seen: float) -> None:
        """Carry a request out; what it changes on the wall is seen at the monotonic time `seen`."""
        try:
            self._do(request.command, seen)
        except ValueError as refusal:
            request.answer(str(refusal))
        else:
            self._acknowledge(request)

    def _do(self, command: Command, seen: float) -> None:
        match command:
            case SaveLevels():
                pass  # with its answer
            case UndoLevels():
                self._levels.undo()
            case CaptionLanguage(language):
                self._typesetter.speak(language)
                self._performance.change_card(self._cards.of(language))
            case ShowCaptions(on):
                self._typesetter.shown = on
            case PauseMaking():
                self._night.paused = True
            case ResumeMaking():
                self._night.paused = False
            case _ if isinstance(command, LevelCommand | HeadphoneIdentify):
                self._headphones.take(command)
            case _:
                self._performance.take(command, seen)

    def _acknowledge(self, request: Request) -> None:
        """What is to outlive us is answered only when it is known to."""
        match request.command:
            case RemoveClip(clip):
                self._removals.write_down(clip, request.answer)
            case SaveLevels():
                self._levels.save(request.answer)
            case _:
                request.answer(None)
