"""How far something long is: bars on a terminal, and a line for every tenth where the words go to a file or a pipe."""

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

LETTERS = 48  # of a step, beside the bar
COLUMNS = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TextColumn("left"))


class Telling(Progress):
    """Rich's progress, which would be silent without a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        super().__init__(*COLUMNS, TimeRemainingColumn(), console=console)
        self.disable = not self.console.is_terminal
        self._told: dict[TaskID, int] = {}

    def update(self, task_id: TaskID, **fields: Any) -> None:
        """Set what is done of a task, and tell it."""
        super().update(task_id, **fields)
        self._tell(task_id)

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """So much more is done of a task."""
        super().advance(task_id, advance)
        self._tell(task_id)

    def _tell(self, task_id: TaskID) -> None:
        """A line, where it has come to another tenth since the last one."""
        with self._lock:
            task = self._tasks[task_id]
            tenth = int(10 * task.completed / task.total) if task.total else 0
            if self.disable and tenth > self._told.get(task_id, 0):
                self._told[task_id] = tenth
                said = f"{task.description}: {10 * tenth} %, {task.completed:.0f} of {task.total:.0f}"
                self.console.print(said, markup=False, highlight=False, soft_wrap=True)


class Steps:
    """A known number of steps, each named as it begins, and done when the next one begins or all are."""

    def __init__(self, bar: Telling, total: int) -> None:
        self._bar, self._total = bar, total
        self._task, self._begun = bar.add_task("", total=total), 0

    def begin(self, name: str) -> None:
        """The next step begins, and the last one is done."""
        self._bar.update(self._task, completed=self._begun, description=name[:LETTERS])
        self._begun += 1

    def finish(self) -> None:
        """All are done."""
        self._bar.update(self._task, completed=self._total, description="done")
