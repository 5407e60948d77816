"""What is told of something long, on a terminal and elsewhere."""

import io

from rich.console import Console

from show.progress import Steps, Telling


def told(terminal: bool, total: float | None = 20) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    with Telling(console) as bar:
        task = bar.add_task("panel [/1]", total=total)
        for done in range(1, 12):
            bar.update(task, completed=done)
        for _ in range(9):
            bar.advance(task)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_file_gets_a_line_for_every_tenth() -> None:
    assert told(terminal=False).splitlines() == [
        f"panel [/1]: {share} %, {share // 5} of 20" for share in range(10, 101, 10)
    ]


def test_a_terminal_gets_a_bar_and_no_such_lines() -> None:
    shown = told(terminal=True)
    assert "20/20" in shown
    assert " %" not in shown


def test_of_what_has_no_known_end_nothing_is_told() -> None:
    assert told(terminal=False, total=None) == ""


def test_a_step_is_done_when_the_next_begins() -> None:
    console = Console(file=io.StringIO(), force_terminal=False, width=100)
    with Telling(console) as bar:
        steps = Steps(bar, 2)
        steps.begin("first")
        steps.begin("second")
        assert bar.tasks[0].completed == 1
        steps.finish()
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().splitlines() == ["second: 50 %, 1 of 2", "done: 100 %, 2 of 2"]
