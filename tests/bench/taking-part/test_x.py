"""Stories through X in bad weather, the desk killed again and again: none answered twice, none lost."""

import random
import time
from pathlib import Path

import pytest

from installation.rehearsal.x_stand_in import Weather, XStandIn
from show.ledger import Step
from tests.support.desk import DeskRoom, kill, stand_in

STORIES, CHANCE, LONGEST_SECONDS = 30, 0.12, 900.0


@pytest.mark.timeout(LONGEST_SECONDS + 60)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everyone_is_answered_once(tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    chance, began, kills = random.Random(seed), time.monotonic(), 0
    with stand_in(processing_seconds=0.3, weather=Weather(seed, CHANCE, slow_seconds=0.4)) as x:
        room = DeskRoom(tmp_path, x, approve="by hand")
        room.say("x", "since_hours = 1")
        room.say("gates", "waiting_at_most = 1000")
        mentions = [x.mention(f"writer{number}", f"Story number {number}. A house.") for number in range(STORIES)]
        while not _is_over(room) and time.monotonic() - began < LONGEST_SECONDS:
            _live_and_die(room, chance.uniform(1.5, 9.0))
            kills += 1
        answers = [len(x.replies(mention)) for mention in mentions]
        with capsys.disabled():
            _print(room, x, kills, time.monotonic() - began, answers)
        assert max(answers) == 1
        assert _is_over(room)
        assert sum(answers) >= len(room.stories(Step.SENT))


def _live_and_die(room: DeskRoom, seconds: float) -> None:
    with room.desk() as desk:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if room.state.ledger.exists():
                _decide(room)
            time.sleep(0.2)
        kill(desk)


def _decide(room: DeskRoom) -> None:
    """A person lets everything pass, and the maker makes it."""
    with room.ledger() as ledger:
        for story in ledger.list(Step.WAITING):
            ledger.approve_words(story.id, "person")
        for story in ledger.list(Step.CHECKED):
            ledger.approve_clip(story.id, "person")
    room.make()


def _is_over(room: DeskRoom) -> bool:
    ends = (Step.SENT, Step.UNCERTAIN, Step.FAILED)
    return sum(len(room.stories(end)) for end in ends) == STORIES


def _print(room: DeskRoom, x: XStandIn, kills: int, seconds: float, answers: list[int]) -> None:
    states = {str(step): len(room.stories(step)) for step in Step if room.stories(step)}
    print(f"\n{kills} kills in {seconds:.0f} s: {states}; {sum(answers)} answers, at most {max(answers)} to a post")
    print(f"{len(x.calls)} calls; the desk says: {room.told()['limits']['X']['words']}")
