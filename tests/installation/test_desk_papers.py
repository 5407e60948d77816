"""What the desk tells the show, and that it stays told."""

import json
import logging
from pathlib import Path

from installation.desk.__main__ import OneLine
from installation.desk.files import put_json
from installation.desk.papers import Papers
from installation.state import State
from show.ledger import Ledger


def test_a_shelf_that_somebody_else_wrote_is_written_again(tmp_path: Path) -> None:
    state = State.find(tmp_path)
    papers = Papers(state.shelf, state.desk)
    with Ledger(state.ledger) as ledger:
        papers.write(ledger)
        put_json(state.shelf, [{"id": 1}])  # a removal that was slower than this desk
        papers.write(ledger)
    assert json.loads(state.shelf.read_text()) == []


def test_a_trouble_colours_no_terminal(tmp_path: Path) -> None:
    state = State.find(tmp_path)
    papers = Papers(state.shelf, state.desk)
    papers.trouble("X", "X says \x1b[31mno\nand no")
    papers.write(None)
    assert json.loads(state.desk.read_text())["troubles"] == ["X says  [31mno and no"]


def test_a_message_is_one_line_in_the_log() -> None:
    record = logging.LogRecord("desk", logging.INFO, __file__, 1, "%s came", ("\x1b[31m\na",), None)
    assert OneLine("desk: %(message)s").format(record) == "desk:  [31m a came"
