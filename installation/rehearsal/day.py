"""The rehearsed day: open and playing, closing, the night's making, open again with the new clips on the shelf."""

import json
import logging
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

from installation.commands import Request, Seek
from installation.day import Hours
from installation.end_card import NAME as END_CARD
from installation.errors import SiteError
from installation.headphones import STARTING
from installation.player import Player
from installation.rehearsal import mastodon_stand_in as mastodon_memory
from installation.rehearsal.clock import TurnedClock, last_minutes_of_a_day
from installation.rehearsal.mastodon_stand_in import MastodonStandIn
from installation.rehearsal.site_copy import ACCOUNT, PIN, copy_site
from installation.rehearsal.x_memory import recall, remember
from installation.rehearsal.x_stand_in import XStandIn
from installation.reporter import read_json
from installation.site import Site, load_site
from installation.state import State, held
from installation.status import write_report
from installation.telling import tell_making

SOUND_SECONDS = 10.0  # to open a device, or to know that there is none
OPEN_SECONDS = 40.0  # the demo's film and end card
CARD_SECONDS = 4.0  # in which whoever watches has seen it again
BEFORE_OPENING_SECONDS = 3.0
LONGEST_NIGHT_SECONDS = 1800.0
SILENCE_SECONDS = 20.0  # after which whoever watches would think that it hangs
BEFORE_THE_CLIP_SECONDS = 4.0
TWEET = (
    "I am walking with my brother on a field of one thousand images."
    " We understand each other, the sun is shining, it's a beautiful day."
)
TOOT = "A lighthouse is reading a letter to the sea."


class DayFailed(Exception):
    """Something that belongs to the day did not happen; one sentence."""


@dataclass
class Stage:
    """What the director has at hand."""

    player: Player
    clock: TurnedClock
    hours: Hours
    x: XStandIn
    mastodon: MastodonStandIn
    folder: Path
    site: Site


class Director(Thread):
    """Turns the clock, sends stories, tells on the terminal what is to be seen; everything else happens by itself."""

    def __init__(self, stage: Stage, say: Callable[[str], None]) -> None:
        super().__init__(name="director", daemon=True)
        self._stage = stage
        self._say_line = say
        self._over = Event()
        self._tweet = self._toot = ""
        self._tell_at = 0.0
        self.failure = ""
        self.done = False

    def run(self) -> None:
        """The four scenes of the day, then the end."""
        try:
            for scene in (self._open, self._close, self._night, self._morning):
                scene()
            self.done = True
            self._say("The day is over, and its pages are closed; nothing of it touched the real installation.")
        except DayFailed as failure:
            self.failure = str(failure)
        except (OSError, ValueError) as error:
            logging.getLogger(__name__).exception("the day ended early")
            self.failure = f"the story cannot be told on: {error}"
        finally:
            self._stage.player.stop()

    def _settled_sound(self) -> str:
        """How it is with the sound, once that is known."""
        board, deadline = self._stage.player.board, time.monotonic() + SOUND_SECONDS
        while board.latest.sound.endswith(STARTING) and time.monotonic() < deadline:
            self._pause(0.1)
        return board.latest.sound

    def end(self) -> None:
        """Stop directing."""
        self._over.set()
        self.join(timeout=10.0)

    def _open(self) -> None:
        player = self._stage.player
        self._until(lambda: player.board.latest.frames_shown > 12, 60.0, "no picture came up")
        status = player.board.latest
        self._say(f"The house is open. The triptych plays: {status.picture}.")
        self._say(f"Sound: {self._settled_sound()}.")
        self._say(f"It is asked how it is with: blind-eye status --state {player.state.root}")
        if player.projector.headless:
            self._say(f"A picture of the wall is written every few seconds to {player.state.preview}.")
        page, staff = self._stage.site.page, self._stage.site.staff
        self._say(f"The visitors' page is open at {page.url}: what is written there before morning is made tonight.")
        self._say(f"The staff's page is open at http://{staff.host}:{staff.port}/, its PIN here is {PIN}.")
        self._send_stories()
        self._until(lambda: self._closes() or self._card_is_on(), OPEN_SECONDS + 30, "the house did not close")
        if self._card_is_on():
            self._say("The film is over, and the end card says how to take part.")
        self._until(self._closes, OPEN_SECONDS + 30, "the house did not close")

    def _closes(self) -> bool:
        return not self._stage.player.board.latest.open

    def _card_is_on(self) -> bool:
        return self._stage.player.board.latest.cue == END_CARD

    def _send_stories(self) -> None:
        stage = self._stage
        self._tweet, self._toot = self._earlier_posts()
        if self._tweet:
            self._say("The stories of an earlier rehearsal are there already; nobody sends a new one.")
            return
        self._tweet = stage.x.mention("a_visitor", TWEET)
        self._say(f"A visitor tweets: “{TWEET}”")
        self._toot = stage.mastodon.mention("another_visitor", TOOT)
        self._say(f"Another writes on Mastodon: “{TOOT}”")
        for story in sorted(stage.folder.glob("stories/*")):
            shutil.copy(story, stage.folder / "inbox" / f".{story.name}")
            (stage.folder / "inbox" / f".{story.name}").rename(stage.folder / "inbox" / story.name)
            self._say(f"A third leaves a story in the folder: “{_words_of(story)}”")

    def _earlier_posts(self) -> tuple[str, str]:
        """The ids of the tweet and the toot of an earlier rehearsal; empty when there was none."""
        tweet = next((post.id for post in self._stage.x.world.mentions() if TWEET in post.text), "")
        toots = self._stage.mastodon.world.posts.values()
        return tweet, next((post.id for post in toots if TOOT in post.text and not post.replies_to), "")

    def _close(self) -> None:
        self._say("Closing time: picture and sound fade.")
        latest = self._stage.player.board
        self._until(lambda: latest.latest.state == "closed", 90.0, "the picture did not fade out")
        self._say("The wall is black, the headphones are silent. The night's making begins.")

    def _night(self) -> None:
        want = 2 + len(list(self._stage.folder.glob("stories/*")))
        deadline = time.monotonic() + LONGEST_NIGHT_SECONDS
        told = ""
        while self._delivered() < want or self._to_make():
            told = self._tell_making(told)
            if time.monotonic() > deadline:
                raise DayFailed(f"{self._delivered()} of {want} films were delivered in {LONGEST_NIGHT_SECONDS:.0f} s")
            self._pause(0.5)
        self._say(f"{self._delivered()} films are made and sent to those who wrote the stories.")
        replies = len(self._stage.x.replies(self._tweet))
        answers = len(self._stage.mastodon.replies(self._toot))
        self._say(f"  X holds {replies} reply to the tweet, Mastodon {answers} to the post there;")
        self._say(f"  answers to the folder lie in {self._stage.folder / 'outbox'}.")

    def _tell_making(self, told: str) -> str:
        words = tell_making(read_json(self._stage.player.state.maker))
        if words and words != told and time.monotonic() >= self._tell_at:
            self._say(f"  {words}")
            self._tell_at = time.monotonic() + 4.0
            return words
        if time.monotonic() >= self._tell_at + SILENCE_SECONDS:
            self._say("  still at it: making gives way to all other work on this PC.")
            self._tell_at = time.monotonic()
        return told

    def _delivered(self) -> int:
        return int(read_json(self._stage.player.state.desk).get("sent", 0))

    def _to_make(self) -> int:
        """How many more were written on the visitors' page and are approved."""
        return int(read_json(self._stage.player.state.desk).get("to_make", 0))

    def _morning(self) -> None:
        stage, board = self._stage, self._stage.player.board
        opening = stage.hours.next_change(stage.clock())
        if opening is None:
            raise DayFailed("the house would never open again")
        stage.clock.turn(opening - timedelta(seconds=BEFORE_OPENING_SECONDS))
        self._say("The next morning.")
        self._until(lambda: board.latest.state == "playing" and board.latest.open, 30.0, "the house did not open again")
        self._say(f"The house is open again, with the visitors' clips on the shelf: {board.latest.clips}.")
        self._pause(4.0)
        self._forward()
        self._until(lambda: board.latest.cue.startswith("clip"), 40.0, "no clip followed the film")
        self._say("After the film the visitors' clips play.")
        self._until(lambda: not board.latest.cue.startswith("clip"), 120.0, "the clips did not end")
        if self._card_is_on():
            self._say("The round ends with the end card, then the film begins again.")
            self._pause(CARD_SECONDS)

    def _forward(self) -> None:
        status = self._stage.player.board.latest
        to = status.duration - BEFORE_THE_CLIP_SECONDS
        if not status.cue.startswith("clip") and status.position < to:
            self._say("(The film is moved to its last seconds, so as not to keep you.)")
            self._stage.player.commands.put(Request(Seek(to)))

    def _until(self, happened: Callable[[], bool], seconds: float, otherwise: str) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise DayFailed(otherwise)
            self._pause(0.1)

    def _pause(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise DayFailed("")

    def _say(self, sentence: str) -> None:
        self._say_line(f"{self._stage.clock():%H:%M:%S}  {sentence}")


def rehearse(
    site_file: Path, chosen: Path | None, headless: bool | None, seconds: float | None, report: Path | None
) -> int:
    """Rehearse a day with a site; 0 when it all happened or `seconds` ended it early, 1 when a part of it failed."""
    original = load_site(site_file)
    hours = Hours(original.hours.rule, original.hours.timezone, original.hours.country)
    start = last_minutes_of_a_day(hours, datetime.now(ZoneInfo(original.hours.timezone)), OPEN_SECONDS)
    if start is None:
        raise SiteError(
            f'{original.path}: [hours] open = "{original.hours.rule}" never closes, so there is no night to rehearse'
        )
    folder = chosen or State.find(None).root / "rehearsal"
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder / "lock"):
        if not chosen and (folder / "rehearsal.log").exists():
            _say("What the last rehearsal left is cleared away.")
            _empty(folder)
        _say(f"Rehearsing {original.path} in {folder}, starting {start:%A %H:%M:%S} of the house's own time.")
        return _with_stand_ins(original, folder.resolve(), hours, TurnedClock(start), headless, seconds, report)


def _with_stand_ins(
    original: Site,
    folder: Path,
    hours: Hours,
    clock: TurnedClock,
    headless: bool | None,
    seconds: float | None,
    report: Path | None,
) -> int:
    x = XStandIn(account=original.x.account or ACCOUNT)
    recall(x, folder / "x.json")
    mastodon = mastodon_memory.recalled(folder / "mastodon.json", original.mastodon.account or ACCOUNT)
    x.start()
    mastodon.start()
    try:
        return _day(original, folder, hours, clock, x, mastodon, headless, seconds, report)
    finally:
        x.stop()
        mastodon.stop()
        remember(x, folder / "x.json")
        mastodon_memory.remember(mastodon, folder / "mastodon.json")


def _day(
    original: Site,
    folder: Path,
    hours: Hours,
    clock: TurnedClock,
    x: XStandIn,
    mastodon: MastodonStandIn,
    headless: bool | None,
    seconds: float | None,
    report: Path | None,
) -> int:
    site = copy_site(original, folder, x, mastodon)
    _copy_stories(original, folder)
    state = State.find(folder / "state")
    with (folder / "rehearsal.log").open("a") as log_file:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", stream=log_file)
        player = Player(site, state, headless=headless, wall=clock, output=log_file.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, player.stop)
        signal.signal(signal.SIGUSR1, player.ask_for_picture)
        director = Director(Stage(player, clock, hours, x, mastodon, folder, site), _say)
        director.start()
        status = player.run(seconds)
        director.end()
    if report:
        write_report(status, report)
    _say(f"{status.frames_shown} pictures shown, {status.dropped} lost, {status.late} late.")
    if not director.done and not director.failure:
        _say("The day was ended before its end, as asked.")
    _say(f"All that happened is told in {folder / 'rehearsal.log'}.")
    if director.failure:
        print(f"blind-eye: the day failed: {director.failure}", file=sys.stderr)
    return 1 if director.failure else 0


def _empty(folder: Path) -> None:
    """Nothing of the last rehearsal but its lock."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.name != "lock":
            each.unlink()


def _copy_stories(original: Site, folder: Path) -> None:
    stories = folder / "stories"
    stories.mkdir(exist_ok=True)
    for story in sorted((original.path.parent / "stories").glob("*.*")):
        if story.is_file():
            shutil.copy(story, stories / story.name)


def _words_of(story: Path) -> str:
    """What the story says; of a tweet kept as JSON its text, else all that stands in the file."""
    text = story.read_text(encoding="utf-8", errors="replace")
    with suppress(ValueError, AttributeError):
        text = str(json.loads(text).get("text", "")) if story.suffix == ".json" else text
    return " ".join(text.split())


def _say(sentence: str) -> None:
    print(sentence, flush=True)
