"""`blind-eye submissions ...`: the ledger from the command line, for those who approve and keep the books."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from installation.desk import decisions
from installation.desk.files import put_text
from installation.desk.keeping import forget
from installation.site import load_site
from installation.state import State
from installation.taking_part import FolderSettings
from show.errors import LedgerError
from show.ledger import Change, DamagedLedger, Ledger, Step, Submission
from show.making.phrases import clean

DONE, SOME_FAILED = 0, 1
STATE_HELP = "state folder (default: $STATE_DIRECTORY, else the user's)"
ARTISTS_SOURCE = "x"  # the artist's old files hold the ids of posts
APPROVABLE = {Step.RECEIVED, Step.WAITING, Step.MADE, Step.CHECKED, Step.REFUSED, Step.UNCERTAIN, Step.FAILED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list, approve, reject, remove, erase, log, import, export."""
    parser.add_argument("--state", type=Path, help=STATE_HELP)
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = _action(actions, "list", "all submissions, oldest first", _list)
    listing.add_argument("--only", choices=[str(step) for step in Step], metavar="STATE", help="those in one state")
    listing.add_argument("--json", action="store_true", help="all of it, for programs")
    approve = _action(actions, "approve", "let words be made, or a clip be shown; or try again what failed", _approve)
    yes_or_no = argparse.BooleanOptionalAction
    approve.add_argument("--room", action=yes_or_no, help="whether its clip may be shown in the room")
    approve.add_argument("--public", action=yes_or_no, help="whether it may be answered where others can read it")
    looked = approve.add_mutually_exclusive_group()
    looked.add_argument("--sent", action="store_true", help="of an uncertain one: you looked, and it was answered")
    looked.add_argument("--again", action="store_true", help="of an uncertain one: you looked, and it was not")
    reject = _action(actions, "reject", "keep words from being made, or a clip from being shown", _reject)
    remove = _action(actions, "remove", "take a clip from wall, shelf, queue and disk, for good", _remove)
    erase = _action(actions, "erase", "remove, and forget author and words", _erase)
    erase.add_argument("--site", type=Path, help="its files in this site's inbox and outbox go as well")
    log = _action(actions, "log", "what befell one submission, who did it and when", _log)
    log.add_argument("id", metavar="ID", type=_number)
    for each in (approve, reject, remove, erase):
        each.add_argument("ids", metavar="ID", type=_number, nargs="+")
    for each in (reject, remove):
        each.add_argument("--reason", default="", help="for the books")
    bring = _action(actions, "import", "remember ids answered before: a JSON list, the artist's old format", _import)
    bring.add_argument("file", type=Path, metavar="FILE")
    take = _action(actions, "export", "write the ids of all posts taken in, in the same format", _export)
    take.add_argument("file", type=Path, metavar="FILE", nargs="?", help="standard output when not given")


def run_command(options: argparse.Namespace) -> int:
    """Do it; 0, or 1 when it could not be done for every id. LedgerError when the ledger cannot be used."""
    state = State.find(options.state) if options.act is _import else State.named(options.state)
    if options.act is not _import and not state.ledger.exists():
        raise LedgerError(f"there is no ledger in {state.root}; {state.elsewhere}")
    with Ledger(state.ledger) as ledger:
        status: int = options.act(options, ledger, state)
    return status


def _action(actions: Any, name: str, help_text: str, act: Callable[..., int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help_text, description=help_text)
    # Before the action or behind it: what stands behind wins, and its absence does not undo what stands before.
    parser.add_argument("--state", type=Path, default=argparse.SUPPRESS, help=STATE_HELP)
    parser.set_defaults(act=act)
    return parser


def _number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:20]) < 2**63:
        raise argparse.ArgumentTypeError(f"{text[:20]} is not the number of a submission")
    return int(text)


def _list(options: argparse.Namespace, ledger: Ledger, state: State) -> int:
    stories = ledger.list(Step(options.only) if options.only else None)
    if options.json:
        print(json.dumps([_for_programs(each, ledger) for each in stories], indent=1))
    elif not stories:
        print("there are no submissions" + (f" that are {Step(options.only).plain}" if options.only else ""))
    else:
        print("\n".join(_line(each) for each in stories))
    return DONE


def _approve(options: argparse.Namespace, ledger: Ledger, state: State) -> int:
    def approve(story: Submission) -> str:
        audience = _set_audience(options, ledger, story)
        if audience and story.state not in APPROVABLE:
            return audience
        said = _approved(options, ledger, story)
        return f"{said}; {audience}" if audience else said

    return _for_each(options.ids, ledger, approve)


def _set_audience(options: argparse.Namespace, ledger: Ledger, story: Submission) -> str:
    """Turn the switches that were given; what they say then, or nothing."""
    if options.room is None and options.public is None:
        return ""
    if options.room is not None:
        decisions.show_in_room(ledger, story, _actor(), options.room)
    if options.public is not None:
        decisions.answer_in_public(ledger, story, _actor(), options.public)
    now = ledger.get(story.id)
    room = "in the room" if now.room else "not in the room"
    return f"{room}, {'answered' if now.public else 'not answered'} in public"


def _approved(options: argparse.Namespace, ledger: Ledger, story: Submission) -> str:
    if story.state is Step.UNCERTAIN:
        return _after_a_look(options, ledger, story)
    return decisions.approve(ledger, story, _actor())


def _after_a_look(options: argparse.Namespace, ledger: Ledger, story: Submission) -> str:
    if options.sent:
        return decisions.was_answered(ledger, story, _actor())
    if options.again:
        return decisions.was_not_answered(ledger, story, _actor())
    raise LedgerError(f"submission {story.id} is uncertain: look whether it was answered, then say --sent or --again")


def _reject(options: argparse.Namespace, ledger: Ledger, state: State) -> int:
    return _for_each(options.ids, ledger, lambda story: decisions.reject(ledger, story, _actor(), options.reason))


def _remove(options: argparse.Namespace, ledger: Ledger, state: State) -> int:
    def remove(story: Submission) -> str:
        return decisions.remove(ledger, story, state, _actor(), options.reason)

    return _for_each(options.ids, ledger, remove)


def _erase(options: argparse.Namespace, ledger: Ledger, state: State) -> int:
    folders = load_site(options.site).folder if options.site else FolderSettings(None, None)

    def erase(story: Submission) -> str:
        forget(story, ledger, state, folders, _actor())
        return "it is erased"

    return _for_each(options.ids, ledger, erase)


def _log(options: argparse.Namespace, ledger: Ledger, state: State) -> int:
    ledger.get(options.id)
    for change in ledger.changes(options.id):
        print(_sentence(change))
    return DONE


def _sentence(change: Change) -> str:
    """One line of the audit for people."""
    when = datetime.fromtimestamp(change.at).strftime("%d %b %Y %H:%M:%S")
    what = f"is {change.after}" if change.before == "" else f"was {change.before} and is {change.after}"
    if change.before == change.after:
        what = f"is still {change.after}"
    note = f": {_safe(change.note)}" if change.note else ""
    return f"{when}  it {what.replace('_', ' ')}, by {_safe(change.actor)}{note}"


def _import(options: argparse.Namespace, ledger: Ledger, state: State) -> int:
    ids = _read_ids(options.file)
    new = ledger.remember(ARTISTS_SOURCE, ids, _actor())
    print(f"{new} of {len(ids)} ids are new; none of them will be made again")
    return DONE


def _export(options: argparse.Namespace, ledger: Ledger, state: State) -> int:
    text = json.dumps([int(id) for id in ledger.known_ids(ARTISTS_SOURCE) if id.isdecimal()])
    if options.file is None:
        print(text)
        return DONE
    try:
        put_text(options.file, text + "\n")
    except OSError as error:
        raise LedgerError(f"{options.file} cannot be written: {error.strerror}") from error
    return DONE


def _read_ids(file: Path) -> list[str]:
    """The ids in a JSON list of numbers or strings of digits; LedgerError names the entry that is neither."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LedgerError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"{file} is not a JSON list of ids: {error}") from error
    if not isinstance(values, list):
        raise LedgerError(f"{file} is not a JSON list of ids")
    for place, value in enumerate(values, 1):
        if isinstance(value, bool) or not isinstance(value, int | str) or not _is_id(str(value)):
            raise LedgerError(f"{file}: entry {place} is {json.dumps(value)[:60]}, not the id of a post")
    return [str(int(value)) for value in values]


def _is_id(value: str) -> bool:
    return value.isdecimal() and len(value) <= 20


def _for_each(ids: list[int], ledger: Ledger, act: Callable[[Submission], str]) -> int:
    """Do it for every id, and go on when one cannot be."""
    status = DONE
    for id in ids:
        try:
            print(f"submission {id}: {act(ledger.get(id))}")
        except DamagedLedger:
            raise
        except LedgerError as error:
            print(f"blind-eye: {error}", file=sys.stderr)
            status = SOME_FAILED
        except OSError as error:
            where = f"{error.filename} cannot be written or deleted: " if error.filename else ""
            print(f"blind-eye: submission {id}: {where}{error.strerror}; say it again", file=sys.stderr)
            status = SOME_FAILED
    return status


def _line(story: Submission) -> str:
    """One line that a terminal shows safely, whatever strangers wrote."""
    when = datetime.fromtimestamp(story.received).strftime("%d %b %H:%M")
    author = _safe(story.author) or "-"
    words = _safe(story.text)
    return f"{story.id:5}  {story.state.plain:<14}  {when}  {story.source:<8}  {author[:20]:<20}  {words[:90]}"


def _safe(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in clean(text).replace("\n", " / "))


def _for_programs(story: Submission, ledger: Ledger) -> dict[str, Any]:
    changes = [
        {"at": change.at, "from": change.before, "to": change.after, "actor": change.actor, "note": change.note}
        for change in ledger.changes(story.id)
    ]
    plain = {
        name: getattr(story, name)
        for name in ("id", "source", "source_id", "author", "text", "state", "received", "look", "room", "public")
    }
    film = str(story.film) if story.film else None
    return plain | {"film": film, "phrases": story.phrases, "reply": story.reply, "changes": changes}


def _actor() -> str:
    """Who sits at the terminal."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "person"
