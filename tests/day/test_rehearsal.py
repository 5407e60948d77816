"""A whole day through the real program: told, made, killed in between, delivered once, open again."""

import json
import os
import re
import signal
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from urllib.request import urlopen

import av
import numpy as np
import pytest

from show.ledger import Ledger, Submission
from tests.support.program import Program, blind_eye, running
from tests.support.waiting import wait_until

DEMO = Path(__file__).parents[2] / "show" / "demo" / "site.toml"
IMAGES = 60
SECOND_CHECKPOINT = 20

pytestmark = pytest.mark.timeout(1500)


@dataclass(frozen=True)
class Day:
    """What a finished rehearsal left behind."""

    folder: Path
    status: int
    told: str
    pages: tuple[str, str]
    report: dict[str, object]

    @property
    def log(self) -> str:
        return (self.folder / "rehearsal.log").read_text(errors="replace")

    def submissions(self) -> list[Submission]:
        with Ledger(self.folder / "state" / "ledger.db") as ledger:
            return list(ledger.list())

    def tweeted(self) -> Submission:
        return next(each for each in self.submissions() if "one thousand images" in each.text)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The demo's day, its maker killed without warning after the second checkpoint."""
    folder = tmp_path_factory.mktemp("day")
    with running("rehearse", "--site", DEMO, "--headless", "--state", folder, "--report", folder / "report") as program:
        pages = (
            visited(program, "The visitors' page is open at (.*): "),
            visited(program, "staff's page is open at (.*),"),
        )
        kill_the_maker(program, folder / "state")
        status = program.process.wait(1200)
        told = program.output
    return Day(folder, status, told, pages, json.loads((folder / "report").read_text()))


def visited(program: Program, where: str) -> str:
    """What a page says whose address is told on the terminal."""
    found = wait_until(lambda: ended(program) or re.search(where, program.output), "the page's address", 60)
    answer = wait_until(lambda: answer_of(str(found[1])), "the page", 30)
    return str(answer)


def answer_of(address: str) -> str:
    try:
        with urlopen(address, timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def kill_the_maker(program: Program, state: Path) -> None:
    wait_until(lambda: ended(program) or past_second_checkpoint(state), "the second checkpoint", 300)
    os.kill(maker_pid(state), signal.SIGKILL)


def ended(program: Program) -> bool:
    assert program.process.poll() is None, program.output
    return False


def past_second_checkpoint(state: Path) -> bool:
    try:
        progress = json.loads((state / "maker.json").read_text())
    except (OSError, ValueError):
        return False
    return bool(progress.get("phrase", 0) == 1 and progress.get("image", 0) > SECOND_CHECKPOINT)


def maker_pid(state: Path) -> int:
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        words = process.read_bytes().split(b"\0") if process.exists() else []
        if b"show.making.maker" in words and str(state / "ledger.db").encode() in words:
            return int(process.parent.name)
    raise AssertionError("no maker is running")


def test_the_day_is_told_and_ends_well(day: Day) -> None:
    assert day.status == 0, day.told
    order = [
        "The house is open",
        "Closing time",
        "The wall is black",
        "The next morning",
        "open again",
        "The day is over",
    ]
    places = [day.told.find(words) for words in order]
    assert places == sorted(places), day.told
    assert -1 not in places


def test_both_pages_were_open(day: Day) -> None:
    visitors, staff = day.pages
    assert 'name="words"' in visitors
    assert 'name="pin"' in staff


def test_the_killed_maker_went_on_where_it_stood(day: Day) -> None:
    resumed = re.search(r"resumed at image (\d+) of phrase (\d+)", day.log)
    assert resumed, day.log
    assert (int(resumed[2]) - 1) * IMAGES + int(resumed[1]) >= SECOND_CHECKPOINT


def test_the_tweet_became_four_phrases_of_sixty_images(day: Day) -> None:
    film = day.tweeted().film
    assert film is not None
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert sum(1 for _ in container.decode(stream)) == 4 * IMAGES


def test_every_story_was_answered_once(day: Day) -> None:
    assert {each.state for each in day.submissions()} == {"sent"}
    assert "X holds 1 reply to the tweet, Mastodon 1 to the post there" in day.told
    assert len(list((day.folder / "outbox").glob("**/*.mp4"))) == 1


def test_scores_rise_within_each_phrase(day: Day) -> None:
    scores: dict[tuple[str, str], list[float]] = {}
    for submission, phrase, score in re.findall(
        r"submission (\d+) phrase (\d+)/\d+ image \d+/\d+ score (\S+)", day.log
    ):
        scores.setdefault((submission, phrase), []).append(float(score))
    assert len(scores) >= 4
    assert all(told[-1] > told[0] for told in scores.values()), scores


def test_no_two_stories_look_alike(day: Day) -> None:
    pictures = [last_picture(each.film) for each in day.submissions() if each.film]
    assert len(pictures) == 3
    assert all(abs(one - other).mean() > 10 for one, other in combinations(pictures, 2))


def last_picture(film: Path) -> np.ndarray:
    with av.open(str(film)) as container:
        *_, last = container.decode(video=0)
        return last.to_ndarray(format="gray").astype(float)


def test_the_show_went_on_and_no_part_failed(day: Day) -> None:
    assert "Traceback" not in day.log
    assert int(str(day.report["frames_shown"])) > 12 * 20


def test_a_second_day_on_the_same_state_answers_nothing_again(day: Day) -> None:
    again = blind_eye("rehearse", "--site", DEMO, "--headless", "--state", day.folder, timeout=600)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "X holds 1 reply to the tweet, Mastodon 1 to the post there" in again.stdout
    assert len(day.submissions()) == 3
