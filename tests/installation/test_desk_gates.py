"""The gates on a real ledger: what is refused, what waits for a person, what passes by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from installation.desk.gates import Gates
from installation.desk.trouble import Trouble
from installation.site import load_site
from show.gates import picture
from show.ledger import Ledger, Step
from tests.support.desk import DeskRoom, clip, grey

NOON = 1_800_000_000.0
STORY = "I am walking with my brother on a field of one thousand images, the sun is shining."


class GateRoom:
    """A ledger and gates, an hour of which is a number."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.time = folder, NOON
        self.room = DeskRoom(folder)
        self.ledger = Ledger(self.room.state.ledger, self.now)
        self.gates = self.with_site()

    def now(self) -> float:
        return self.time

    def with_site(self, approve: str = "by hand", **gates: object) -> Gates:
        """Gates of a site whose table [gates] says this."""
        site = DeskRoom(self.folder, approve=approve).site
        lines = [
            f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}" for name, value in gates.items()
        ]
        site.write_text(site.read_text() + "[gates]\n" + "\n".join(lines) + "\n")
        self.gates = Gates(load_site(site), self.now)
        return self.gates

    def receive(self, text: str, author: str = "", source: str = "x", number: list[int] = [0]) -> int:  # noqa: B006
        number[0] += 1
        id = self.ledger.receive(source, f"post {number[0]}", author, text, author_id=author)
        assert id is not None
        return id

    def state(self, id: int) -> tuple[Step, str]:
        """Where it stands, and why a person must look or it was refused."""
        story = self.ledger.get(id)
        return story.state, story.look or (self.ledger.changes(id)[-1].note if story.state is Step.REFUSED else "")

    def judged(self, text: str, author: str = "") -> tuple[Step, str]:
        id = self.receive(text, author)
        self.gates.round(self.ledger)
        return self.state(id)

    def made(self, film: Path | None) -> int:
        """A submission whose clip is this film."""
        id = self.receive(STORY, "", "folder")
        self.ledger.approve_words(id, "anna")
        self.ledger.start_making(id)
        self.ledger.made(id, film or self.folder / "nothing.mp4", ["one"])
        return id


@pytest.fixture
def room(tmp_path: Path) -> Iterator[GateRoom]:
    room = GateRoom(tmp_path)
    yield room
    room.ledger.close()


# words


def test_words_wait_for_a_person(room: GateRoom) -> None:
    assert room.judged(STORY) == (Step.WAITING, "")


@pytest.mark.parametrize(
    ("text", "state", "reason"),
    [
        ("What the fuck, said the sun.", Step.WAITING, 'It holds swearing: "fuck".'),
        ("See www.example.org for more.", Step.WAITING, "There is a link in it."),
        ("I will kill you, director.", Step.REFUSED, 'It holds a threat: "i will kill you".'),
        ("12, 13, 14", Step.REFUSED, "There is no phrase in it."),
    ],
)
def test_what_a_person_should_see_and_what_nobody_should(room: GateRoom, text: str, state: Step, reason: str) -> None:
    assert room.judged(text) == (state, reason)


def test_words_pass_by_themselves_only_where_nothing_is_to_be_seen(room: GateRoom) -> None:
    room.with_site("automatic")
    assert room.judged(STORY)[0] is Step.WORDS_APPROVED
    assert room.judged("A shit of a day.")[0] is Step.WAITING


def test_links_as_the_site_wants_them(room: GateRoom) -> None:
    room.with_site(links="refuse")
    assert room.judged("See www.example.org for more.")[0] is Step.REFUSED
    room.with_site(links="pass")
    assert room.judged("Look at www.example.org, please.") == (Step.WAITING, "")


def test_the_houses_own_lists_and_that_they_are_read_again(room: GateRoom) -> None:
    block, allow = room.folder / "block.txt", room.folder / "allow.txt"
    block.write_text("# never\nthe old director\n")
    allow.write_text("damn shit river  # it is called so\n")
    room.with_site(blocklist="block.txt", allowlist="allow.txt")
    assert room.judged("I dreamt of the OLD director.")[0] is Step.REFUSED
    assert room.judged("We swam in the Damn Shit River.") == (Step.WAITING, "")
    block.write_text("the very old director\n")
    assert room.judged("I dreamt of the old director again.") == (Step.WAITING, "")


def test_words_wait_at_the_gate_while_a_list_cannot_be_read(room: GateRoom) -> None:
    block = room.folder / "block.txt"
    block.write_bytes(b"caf\xe9\n")
    room.with_site(blocklist="block.txt")
    id = room.receive(STORY)
    with pytest.raises(Trouble, match=f"no words pass: {block} is not UTF-8 text .byte 3."):
        room.gates.round(room.ledger)
    assert room.state(id)[0] is Step.RECEIVED
    block.unlink()
    with pytest.raises(Trouble, match="block.txt cannot be read: No such file"):
        room.gates.round(room.ledger)
    block.write_text("nothing of that kind\n")
    room.gates.round(room.ledger)
    assert room.state(id)[0] is Step.WAITING


# authors


def test_an_author_has_three_stories_a_day_and_the_first_ones_count(room: GateRoom) -> None:
    ids = [room.receive(f"Story number {each} is about a {each}.", "anna") for each in ("one", "two", "three", "four")]
    other = room.receive("A story of another.", "ben")
    room.gates.round(room.ledger)
    assert [room.state(id)[0] for id in ids] == [Step.WAITING] * 3 + [Step.REFUSED]
    assert room.state(ids[3])[1].startswith("There were already 3 stories from this author within a day")
    assert room.state(other)[0] is Step.WAITING
    room.time += 86401
    assert room.judged("The next day a fifth.", "anna")[0] is Step.WAITING


def test_those_without_a_name_share_no_quota(room: GateRoom) -> None:
    assert {room.judged(f"Nobody's story number {each}.")[0] for each in range(6)} == {Step.WAITING}


def test_a_silenced_author_is_not_taken(room: GateRoom) -> None:
    room.ledger.silence("x", "anna", "anna")
    assert room.judged(STORY, "anna") == (Step.REFUSED, "Its author has asked to be left alone.")
    assert room.judged(STORY, "ben")[0] is Step.WAITING


def test_a_full_list_takes_no_more_and_keeps_the_oldest(room: GateRoom) -> None:
    room.with_site(waiting_at_most=2)
    ids = [room.receive(f"Story {each} of the flood.") for each in "abcd"]
    room.gates.round(room.ledger)
    assert [room.state(id)[0] for id in ids] == [Step.WAITING] * 2 + [Step.REFUSED] * 2
    assert room.state(ids[2])[1] == "The list of stories to be made is full for now; another time is welcome."


def test_the_same_again(room: GateRoom) -> None:
    first = room.receive(STORY, "anna")
    room.gates.round(room.ledger)
    assert (
        room.judged(STORY.upper(), "anna")[1] == f"The same words came from the same author before, as number {first}."
    )
    assert room.judged(STORY, "ben") == (Step.WAITING, f"It says the same as number {first}.")
    nearly = STORY.replace("shining", "rising")
    assert room.judged(nearly, "carl")[1].startswith("It says nearly the same as number")
    assert room.judged("A red house.", "dora") == room.judged("A red house.", "emil") == (Step.WAITING, "")


def test_what_was_refused_may_be_sent_again(room: GateRoom) -> None:
    room.with_site(waiting_at_most=1)
    kept = room.receive("The first story fills the list.", "ben")
    id = room.receive(STORY, "anna")
    room.gates.round(room.ledger)
    assert room.state(id)[0] is Step.REFUSED
    room.ledger.refuse(kept, "staff")
    assert room.judged(STORY, "anna")[0] is Step.WAITING


def test_what_a_person_should_see_is_said_whole(room: GateRoom) -> None:
    text = "This shit of a day on a field of one thousand images, said my brother."
    first = room.receive(text)
    room.gates.round(room.ledger)
    assert room.judged(text)[1] == f'It holds swearing: "shit". It says the same as number {first}.'


# clips


def test_a_clip_waits_for_a_person_one_a_round(room: GateRoom) -> None:
    film = grey(room.folder / "clip.mp4", (144, 256), 4)
    ids = [room.made(film), room.made(film)]
    room.gates.round(room.ledger)
    assert [room.state(id) for id in ids] == [(Step.CHECKED, ""), (Step.MADE, "")]
    room.gates.round(room.ledger)
    assert room.state(ids[1]) == (Step.CHECKED, "")


def test_a_harmless_clip_passes_by_itself_onto_the_shelf(room: GateRoom) -> None:
    room.with_site("automatic")
    id = room.made(clip(room.folder / "clip.mp4"))
    room.gates.round(room.ledger)
    assert room.state(id)[0] is Step.SHELVED


def test_a_picture_over_the_limit_is_for_a_person(room: GateRoom) -> None:
    room.with_site("automatic", picture_limit=0.01)
    id = room.made(grey(room.folder / "clip.mp4", (144, 256), 4))
    room.gates.round(room.ledger)
    state, look = room.state(id)
    assert state is Step.CHECKED
    assert look.startswith("Its picture 1 may not be for everyone (")


def test_a_clip_that_cannot_be_read_is_for_a_person(room: GateRoom) -> None:
    room.with_site("automatic")
    id = room.made(None)
    room.gates.round(room.ledger)
    state, look = room.state(id)
    assert state is Step.CHECKED
    assert look == "The clip could not be looked at: it cannot be read as a film: no such file or directory."


def test_a_clip_that_breaks_the_classifier_keeps_no_other_back(room: GateRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(picture, "fromarray", broken)
    room.with_site("automatic")
    id = room.made(grey(room.folder / "clip.mp4", (144, 256), 4))
    room.gates.round(room.ledger)
    assert room.state(id) == (Step.CHECKED, "The clip could not be looked at: MemoryError.")


def test_without_a_classifier_every_clip_is_for_a_person_and_that_is_told(
    room: GateRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture._classifier.cache_clear()
    monkeypatch.setattr(picture, "WEIGHTS", "no such file")
    room.with_site("automatic")
    id = room.made(grey(room.folder / "clip.mp4", (144, 256), 4))
    with pytest.raises(Trouble, match="nobody but a person looks at the clips: the classifier of pictures cannot"):
        room.gates.round(room.ledger)
    assert room.state(id)[0] is Step.CHECKED
    assert "was not looked at" in room.state(id)[1]
    with pytest.raises(Trouble):
        room.gates.round(room.ledger)
    monkeypatch.undo()
    room.made(room.folder / "clip.mp4")
    room.gates.round(room.ledger)
