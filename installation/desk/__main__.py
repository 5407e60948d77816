"""`python -m installation.desk --site FILE --state DIR`: the desk until SIGTERM, or until its parent dies."""

import argparse
import fcntl
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from installation.children import end_with_parent
from installation.desk.desk import Desk
from installation.desk.ending import Ending
from installation.desk.papers import one_line
from installation.errors import SiteError
from installation.site import load_site
from installation.state import State

LOCK_SECONDS = 5.0  # a desk that was told to end is killed after as long


class OneLine(logging.Formatter):
    """No message, whatever a stranger or a server put into it, colours a terminal or looks like several."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return one_line(super().formatMessage(record))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the desk; 0 when it was told to end, 78 for a wrong site, 1 when another desk holds the state folder."""
    options, parent = _options(arguments), os.getppid()
    ended = Ending()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ended.tell)
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # sent when someone opens a file just while the inbox looks at it
    end_with_parent()
    if os.getppid() != parent:
        return 0  # it died before it could be bound to
    printing = logging.StreamHandler(sys.stderr)
    printing.setFormatter(OneLine("desk: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[printing])
    for talkative in ("tweepy", "urllib3", "requests_oauthlib", "oauthlib"):
        logging.getLogger(talkative).setLevel(logging.WARNING)  # at DEBUG they print keys
    try:
        site = load_site(options.site)
    except SiteError as error:
        print(f"desk: {error}", file=sys.stderr)
        return 78
    return _run(
        Desk(site, State.find(options.state), ended.wait, options.settle),
        State.find(options.state),
        ended,
        options.beat,
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m installation.desk", description="stories in, films out")
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--beat", type=float, default=1.0, metavar="SECONDS", help="between two rounds")
    parser.add_argument(
        "--settle", type=float, default=30.0, metavar="SECONDS", help="before a lost answer is looked for"
    )
    return parser.parse_args(arguments)


def _run(desk: Desk, state: State, ended: Ending, beat: float) -> int:
    """Two desks would answer twice, so the second waits for the first to be gone, and gives up."""
    with (state.root / "desk.lock").open("w") as lock:
        waited = 0.0
        while not _is_ours(lock.fileno()):
            if waited >= LOCK_SECONDS or ended.wait(0.2):
                print(f"desk: another desk works on {state.root}", file=sys.stderr)
                return 1
            waited += 0.2
        desk.run(beat)
    return 0


def _is_ours(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
