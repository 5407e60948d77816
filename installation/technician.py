"""What a technician's keys and pointer do; no window, no file. `calibrate` shows the outcome and keeps it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from calibration.editing import Editor, Handle, Points
from calibration.errors import MappingError
from calibration.homography import Point
from calibration.mapping import Mapping
from calibration.overlaps import overlaps
from installation.projector.look import KeyPress

ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
MOST_PAIRS = 4  # told of at once
REACH_PX = 40.0  # a click farther from every corner than this takes hold of none


class Question(Enum):
    """What waits for the same key again."""

    LEAVE = auto()
    RESET = auto()


QUESTIONS = {
    Question.LEAVE: "Not saved. Esc again leaves and forgets the changes, S saves, any other key stays.",
    Question.RESET: "Hang all panels as the site first had them? R again does it, any other key leaves them.",
}


@dataclass(frozen=True)
class View:
    """All that the wall shows during the session; the same view is the same picture."""

    mapping: Mapping
    points: Points
    unusable: tuple[bool, ...]
    selected: Handle
    title: str
    place: Point
    step: float
    locked: bool
    dirty: bool
    notice: str
    alarmed: bool
    pattern: bool
    marks: bool
    black: bool


@dataclass
class Technician:
    """The session: the editor, what is shown, what was last said.

    `first` is where R hangs the panels, `keep` writes a mapping and says where, `film` is whether there is one to show.
    """

    editor: Editor
    first: Mapping
    keep: Callable[[Mapping], str]
    film: bool = True
    pattern: bool = True
    marks: bool = True
    black: bool = False
    leaving: bool = False
    step: float = 1.0
    said: str = ""
    question: Question | None = None

    def press(self, press: KeyPress, at: float) -> None:
        """Act on a key pressed at `at`, seconds of a steady clock."""
        asked, self.question, self.said = self.question, None, ""
        if press.key in ARROWS:
            self._move(press, at)
        elif press.key == "tab":
            self.editor.walk(-1 if "shift" in press.modifiers else 1)
        elif press.key in ("z", "y") and "ctrl" in press.modifiers:
            self._travel(again=press.key == "y" or "shift" in press.modifiers)
        elif press.key == "escape":
            self._leave(asked)
        elif press.key == "r":
            self._reset(asked)
        else:
            self._switch(press.key)

    def take(self, place: Point) -> None:
        """The pointer's button went down."""
        self.said, self.question = "", None
        self.editor.grab(place, REACH_PX)

    def drag(self, place: Point) -> None:
        """The pointer moved with its button down."""
        self.editor.drag(place)

    def drop(self) -> None:
        """The pointer's button was let go."""
        self.editor.drop()

    @property
    def view(self) -> View:
        """What to show now."""
        editor = self.editor
        return View(
            mapping=editor.mapping,
            points=editor.points,
            unusable=tuple(editor.unusable(index) for index in range(len(editor.points))),
            selected=editor.selected,
            title=editor.title,
            place=editor.place,
            step=self.step,
            locked=editor.locked,
            dirty=editor.dirty,
            notice=self.notice,
            alarmed=self.question is not None or not editor.valid,
            pattern=self.pattern,
            marks=self.marks,
            black=self.black,
        )

    @property
    def notice(self) -> str:
        """The one sentence that matters now; empty when all is well."""
        if self.question:
            return QUESTIONS[self.question]
        if wrong := self.editor.problem:
            return self.said or f"{wrong}. The wall keeps the last good picture."
        return self.said or (self._overlap if self.marks else "")

    @property
    def _overlap(self) -> str:
        names = [surface.name for surface in self.editor.mapping.surfaces]
        pairs = [f"{names[one]} and {names[other]}" for one, other in overlaps(self.editor.points)]
        return f"These panels lie over each other: {', '.join(pairs[:MOST_PAIRS])}." if pairs else ""

    def _move(self, press: KeyPress, at: float) -> None:
        self.step = 10.0 if "shift" in press.modifiers else 0.1 if "alt" in press.modifiers else 1.0
        dx, dy = ARROWS[press.key]
        if not self.editor.nudge(dx * self.step, dy * self.step, at):
            self.said = "The corners are locked; L unlocks them."

    def _travel(self, again: bool) -> None:
        went = self.editor.redo() if again else self.editor.undo()
        if not went:
            self.said = "Nothing to take again." if again else "Nothing to take back."

    def _leave(self, asked: Question | None) -> None:
        self.leaving = asked is Question.LEAVE or not self.editor.dirty
        self.question = None if self.leaving else Question.LEAVE

    def _reset(self, asked: Question | None) -> None:
        if asked is Question.RESET:
            self.editor.reset(self.first)
            self.said = "All panels hang as the site first had them. Ctrl+Z brings yours back."
        else:
            self.question = Question.RESET

    def _switch(self, key: str) -> None:
        if key == "s":
            self._save()
        elif key == "t":
            self._turn_over()
        elif key == "h":
            self.marks = not self.marks
        elif key == "b":
            self.black = not self.black
        elif key == "l":
            self.editor.locked = not self.editor.locked

    def _turn_over(self) -> None:
        if self.film:
            self.pattern = not self.pattern
        else:
            self.said = "There is no film that could be shown; the pattern stays."

    def _save(self) -> None:
        try:
            self.said = self.keep(self.editor.to_save())
        except MappingError as refused:
            self.said = f"{str(refused)[0].upper()}{str(refused)[1:]}."
            return
        self.editor.saved()
