"""`blind-eye`: one command a line of the contract; every mistake of a person ends in one sentence and a status."""

import argparse
import importlib
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from calibration.errors import MappingError
from installation.errors import NoDisplay, SiteError
from installation.state import State
from show.errors import FilmError, ShowError

DONE, FAILED, USAGE, UNREADABLE, WRONG_SITE = 0, 1, 2, 69, 78
DISPLAY_SECONDS = 20.0
HOUSES = ("installation", "show", "calibration")
FRESH_SECONDS = 10.0  # the show writes its status every second


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments[0] if arguments else "").parse_args(arguments)
    try:
        return int(options.run(options))
    except (FilmError, NoDisplay) as error:
        return _refuse(error, UNREADABLE)
    except (SiteError, MappingError, ShowError) as error:
        return _refuse(error, WRONG_SITE)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in HOUSES:
            raise
        way = f"{sys.executable} -m pip install 'blind-eye[making]'"
        return _refuse(f"{error.name} is not installed, which this needs: {way}", FAILED)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        return DONE


def _refuse(error: Exception | str, status: int) -> int:
    print(f"blind-eye: {error}", file=sys.stderr)
    return status


def _parser(wanted: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="blind-eye", description="The machine behind the triptych 'Learning a blind eye'."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_play(commands)
    _add_rehearse(commands)
    _add_status(commands)
    _add_snapshot(commands)
    _add_calibrate(commands)
    _add_film(commands, wanted)
    _add_narrate(commands)
    _add_make(commands)
    _add_phrases(commands)
    _add_submissions(commands, wanted)
    _add_report(commands)
    _add_weights(commands, wanted)
    _add_check(commands)
    _add_install(commands)
    return parser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _command(commands: Commands, name: str, help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    return parser


def _add_state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", type=Path, help="state folder (default: $STATE_DIRECTORY, else the user's)")


def _add_site(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--site", type=Path, required=True, help="the site.toml of the room")
    _add_state(parser)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0")
    return value


def _new_file(text: str, suffix: str = "") -> Path:
    path = Path(text)
    if not text.lower().endswith(suffix):
        raise argparse.ArgumentTypeError(f"{text} must end in {suffix}, as that is what it will be")
    if not os.access(path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text} cannot be written: {path.parent} is no folder that can be written")
    return path


def _add_show_options(parser: argparse.ArgumentParser) -> None:
    _add_site(parser)
    parser.add_argument("--headless", action="store_true", help="draw off-screen even where there is a display")
    parser.add_argument("--for", dest="seconds", type=_seconds, metavar="SECONDS", help="end by itself, with status 0")
    parser.add_argument("--report", type=_new_file, metavar="FILE", help="write what was shown as JSON at the end")


def _add_play(commands: Commands) -> None:
    parser = _command(commands, "play", "the show, until it is stopped")
    _add_show_options(parser)
    parser.set_defaults(run=_play)


def _play(options: argparse.Namespace) -> int:
    _end_at_once_when_asked()
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    from installation.player import Player
    from installation.projector import await_display
    from installation.site import load_site
    from installation.status import write_report

    site, state = load_site(options.site), State.find(options.state)
    headless = options.headless or not os.environ.get("DISPLAY")
    if not headless:  # a screen that comes late must never leave a gallery with an off-screen show
        await_display(DISPLAY_SECONDS, site.display.name)
    with state.locked():
        player = Player(site, state, headless=headless)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, player.stop)
        signal.signal(signal.SIGUSR1, player.ask_for_picture)
        status = player.run(options.seconds)
    if options.report:
        write_report(status, options.report)
    return DONE


def _end_at_once_when_asked() -> None:
    """Until the show can hear signals itself: an end asked for while it gets ready is a good end too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # somebody wants a picture; there is none yet


def _add_rehearse(commands: Commands) -> None:
    parser = _command(
        commands, "rehearse", "a whole day in about three minutes, on a copy that touches nothing of the real one"
    )
    _add_show_options(parser)
    parser.set_defaults(run=_rehearse)


def _rehearse(options: argparse.Namespace) -> int:
    _end_at_once_when_asked()
    from installation.rehearsal.day import rehearse

    return rehearse(options.site, options.state, options.headless or None, options.seconds, options.report)


def _add_status(commands: Commands) -> None:
    parser = _command(commands, "status", "what the running show says of itself")
    parser.add_argument("--json", action="store_true", help="all of it, for programs")
    _add_state(parser)
    parser.set_defaults(run=_status)


def _status(options: argparse.Namespace) -> int:
    from installation.reporter import read_json
    from installation.telling import tell

    state = State.named(options.state)
    status = read_json(state.status)
    alive = _pid_of(status) is not None
    if options.json:
        print(json.dumps(status | {"running": alive}, indent=2))
    else:
        print(
            tell(status) if alive else f"the show is not running (no fresh status in {state.root}; {state.elsewhere})"
        )
    return DONE if alive else FAILED


def _pid_of(status: Mapping[str, Any]) -> int | None:
    """The running show's process; None for a status of yesterday, whose number another process may bear by now."""
    pid, age = status.get("pid"), time.time() - float(status.get("written", 0))
    return pid if isinstance(pid, int) and age < FRESH_SECONDS and Path(f"/proc/{pid}").exists() else None


def _add_snapshot(commands: Commands) -> None:
    parser = _command(commands, "snapshot", "a PNG of what is on the wall")
    parser.add_argument("out", type=lambda text: _new_file(text, ".png"), metavar="OUT.png")
    _add_state(parser)
    parser.set_defaults(run=_snapshot)


def _snapshot(options: argparse.Namespace) -> int:
    from installation.reporter import read_json

    state = State.find(options.state)
    pid = _pid_of(read_json(state.status))
    if pid is None:
        print(f"blind-eye: the show is not running (no fresh status in {state.root})", file=sys.stderr)
        return FAILED
    picture = state.preview / "snapshot.png"
    try:
        picture.unlink(missing_ok=True)
        os.kill(pid, signal.SIGUSR1)
    except PermissionError:
        print("blind-eye: the show belongs to another user: ask as that user, or as root", file=sys.stderr)
        return FAILED
    for _ in range(100):
        if picture.exists():
            options.out.write_bytes(picture.read_bytes())
            return DONE
        time.sleep(0.1)
    print("blind-eye: the show gave no picture within 10 s", file=sys.stderr)
    return FAILED


def _delegate(parser: argparse.ArgumentParser, module: str) -> None:
    """The command lives in `module`, loaded only when it is called: `run_command(options) -> int`."""
    parser.set_defaults(run=lambda options: importlib.import_module(module).run_command(options))


def _delegate_all(parser: argparse.ArgumentParser, module: str, wanted: bool) -> None:
    """Likewise, and the arguments are the module's own, `add_arguments(parser)`; `play` need not load them."""
    if wanted:
        importlib.import_module(module).add_arguments(parser)
        _delegate(parser, module)


def _add_calibrate(commands: Commands) -> None:
    parser = _command(commands, "calibrate", "the technicians' editor on the projector")
    _add_site(parser)
    parser.add_argument("--headless", action="store_true", help="draw off-screen even where there is a display")
    parser.add_argument("--for", dest="seconds", type=_seconds, metavar="SECONDS", help="end by itself")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    restore = actions.add_parser("restore", help="bring an earlier mapping back")
    restore.add_argument(
        "backup", nargs="?", help="its number or file name, or `site` for the site's own; else the newest"
    )
    export = actions.add_parser("export", help="the panels' outlines as SVG")
    export.add_argument("out", type=Path, metavar="OUT.svg")
    _delegate(parser, "installation.calibrate")


def _add_film(commands: Commands, wanted: str) -> None:
    parser = _command(
        commands, "film", "make the triptych, bring any movie into house form, or bake the mapped film as a movie"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    render = actions.add_parser("render", help="make the triptych of a story")
    render.add_argument("story", type=Path, metavar="STORY")
    render.add_argument("out", type=Path, metavar="OUT")
    _delegate(render, "show.making.film")
    baked = actions.add_parser("bake", help="the mapped film with captions and sound as one movie, for a media player")
    _delegate_all(baked, "installation.baking.command", wanted == "film")
    brought = actions.add_parser("import", help="bring any movie into house form, and say what changed")
    _delegate_all(brought, "show.house_form.importing", wanted == "film")


def _add_narrate(commands: Commands) -> None:
    parser = _command(commands, "narrate", "speak the narration of a story")
    parser.add_argument("story", type=Path, metavar="STORY")
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder of the stems")
    parser.add_argument("--captions", type=Path, metavar="FILE", help="where the captions go (else OUT/narration.vtt)")
    parser.add_argument("--site", type=Path, metavar="FILE", help="the site.toml whose [voices] the story speaks with")
    parser.set_defaults(run=_narrate)


def _narrate(options: argparse.Namespace) -> int:
    from installation.voice_settings import load_voices
    from show.house_voices import HouseVoices

    house = load_voices(options.site) if options.site else HouseVoices()
    importlib.import_module("show.making.narrate").narrate(options.story, options.out, options.captions, house)
    return DONE


def _add_make(commands: Commands) -> None:
    parser = _command(commands, "make", "make waiting, approved submissions now")
    _add_site(parser)
    parser.add_argument("--limit", type=_positive, metavar="N", help="at most so many")
    parser.set_defaults(run=_make)


def _make(options: argparse.Namespace) -> int:
    from installation.night import maker_command
    from installation.site import load_site

    command = maker_command(load_site(options.site), State.find(options.state))[3:]
    limit = ["--limit", str(options.limit)] if options.limit else []
    return int(importlib.import_module("show.making.maker").main([*command, *limit]))


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text[:9]) > 0:
        raise argparse.ArgumentTypeError(f"{text[:20]} is not a whole number from 1 on")
    return int(text[:9])


def _add_phrases(commands: Commands) -> None:
    parser = _command(commands, "phrases", "how a text will be split")
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--mode", choices=("careful", "artist"), default="careful")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_phrases)


def _phrases(options: argparse.Namespace) -> int:
    split = importlib.import_module("show.making.phrases").split
    phrases = split(options.text, options.mode)
    if not phrases:
        print("blind-eye: there is no phrase in this text: no word and no emoji", file=sys.stderr)
        return FAILED
    print(json.dumps(list(phrases), ensure_ascii=False) if options.json else "\n".join(phrases))
    return DONE


def _add_submissions(commands: Commands, wanted: str) -> None:
    parser = _command(commands, "submissions", "what visitors sent, and what becomes of it")
    _delegate_all(parser, "installation.desk.submissions", wanted == "submissions")


def _add_report(commands: Commands) -> None:
    parser = _command(commands, "report", "what happened in a night: text, and a sheet of the films made")
    _add_site(parser)
    parser.add_argument("--for", dest="date", type=_date, metavar="DATE", help="of the night to this date: 2026-11-25")
    parser.add_argument("out", type=Path, metavar="OUT", nargs="?", help="a folder (default: reports/ of the state)")
    _delegate(parser, "installation.desk.morning")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date such as 2026-11-25") from None


def _add_weights(commands: Commands, wanted: str) -> None:
    parser = _command(commands, "weights", "the models that make pictures and voices")
    _delegate_all(parser, "show.making.weights", wanted == "weights")


def _add_check(commands: Commands) -> None:
    parser = _command(commands, "check", "pre-flight: a line each, exit 1 if any fails")
    _add_site(parser)
    _delegate(parser, "installation.check")


def _add_install(commands: Commands) -> None:
    install = _command(commands, "install", "put the systemd units of this PC in place, safe to repeat")
    install.add_argument("--site", type=Path, required=True, help="the site.toml of the room")
    install.set_defaults(action="install")
    _delegate(install, "installation.install")
    remove = _command(commands, "remove", "take the systemd units away again")
    remove.set_defaults(action="remove")
    _delegate(remove, "installation.install")


if __name__ == "__main__":
    sys.exit(main())
