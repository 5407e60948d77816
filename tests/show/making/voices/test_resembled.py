import dataclasses
import socket
import sys

import pytest

from show.errors import StoryError
from show.house_voices import HouseVoices
from show.making.reading import read_aloud
from show.making.story import load_story
from show.making.voices import resembled
from show.making.voices.resembled import Resembled
from show.making.voices.speaker import Speaker
from tests.show.making.stories import write_story
from tests.support.dripping import dripping
from tests.support.resemble import KEY, fake_resemble

TABLE = """[narration]
voice = "resemble"
[narration.resemble]
project = "P"
voice = "V"
server = "{}"
[murmur]
voice = "flite:slt"
[film]"""


@pytest.fixture
def server(tmp_path):
    with fake_resemble(tmp_path) as server:
        yield server


@pytest.fixture
def key(tmp_path):
    (tmp_path / "resemble").write_text(f"{KEY}\n")
    return tmp_path / "resemble"


def voice(server, key, **changes):
    return dataclasses.replace(Resembled("P", "V", server.address, key), **changes)


def test_a_sentence_and_its_words(server, key):
    spoken = voice(server, key).say("I wrote it", 1.25)
    assert spoken.seconds == pytest.approx(1.0, abs=0.01)
    assert [(word.text, round(word.start, 2), round(word.end, 2)) for word in spoken.words] == [
        ("I", 0.0, 0.05),
        ("wrote", 0.1, 0.35),
        ("it", 0.4, 0.5),
    ]
    assert server.asked[0]["body"] == "I wrote it"


def test_a_clip_is_heard_where_no_file_can_be_written(server, key, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert voice(server, key).say("I wrote it", 1.25).seconds == pytest.approx(1.0, abs=0.01)


def test_a_story_is_spoken_there_once(server, key, tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    path = write_story(
        tmp_path, ("images_per_phrase = 4", "images_per_phrase = 60"), ("[film]", TABLE.format(server.address))
    )
    story = load_story(path)
    for _ in range(2):
        read_aloud(story, Speaker(story.narration.manner))
    assert [asked["body"] for asked in server.asked] == ["I wrote the word lantern.", "It lit itself."]


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        ((401, b'{"message": "Invalid token"}'), r"does not accept the key \(Invalid token\)"),
        ((402, b'{"error": "Out of credits"}'), r"the account's quota is used up \(Out of credits\)"),
        ((429, b"slow down"), "too much was asked in too short a time, or that the quota is used up; what was spoken"),
        ((500, b"<html>"), "Resemble answers 500 Internal Server Error; what was spoken so far is kept"),
        ((200, b"<html>a login page</html>"), "does not answer like Resemble"),
        ((200, b'{"success": false, "message": "Voice is\\n training"}'), "did not speak 'hello': Voice is training"),
        ((200, b'["item"]'), "did not speak 'hello': it gave no reason"),
        ((200, b'{"success": true, "item": {"audio_src": null}}'), "made no sound of 'hello'"),
        ((200, b'{"success": true, "item": {"audio_src": "no address"}}'), "cannot be reached at no address"),
    ],
)
def test_refusals(server, key, refusal, sentence):
    server.refusal = refusal
    with pytest.raises(StoryError, match=sentence):
        voice(server, key).say("hello", 1.0)


def test_a_wrong_key_project_or_voice(server, key):
    for changes in ({"project": "Q"}, {"voice": "W"}):
        with pytest.raises(StoryError, match="Resemble knows no such project or voice"):
            voice(server, key, **changes).say("hello", 1.0)
    key.write_text("another-key")
    with pytest.raises(StoryError, match=r"does not accept the key \(Invalid token\)"):
        voice(server, key).say("hello", 1.0)


def test_a_sound_that_is_gone_or_none(server, key):
    server.sound = b"no sound at all"
    with pytest.raises(StoryError, match="what Resemble sent for 'hello' is no sound"):
        voice(server, key).say("hello", 1.0)
    server.audio_address = server.address.replace("/api/", "/gone.wav")
    with pytest.raises(StoryError, match=r"made a sound that cannot be fetched: http://.*/gone.wav answers 404 Not Fo"):
        voice(server, key).say("hello", 1.0)


@pytest.mark.parametrize(
    "times", [{"graph_chars": ["a"], "graph_times": []}, {"graph_chars": [1], "graph_times": [None]}, ["odd"], "odd"]
)
def test_times_that_make_no_sense_are_left_out(server, key, times):
    server.timestamps = times
    assert voice(server, key).say("hello", 1.0).words == ()


def test_no_network_and_a_server_that_never_answers(key, monkeypatch):
    with pytest.raises(StoryError, match="cannot be reached at http://127.0.0.1:9/.*: is there a network"):
        Resembled("P", "V", "http://127.0.0.1:9/api/", key).say("hello", 1.0)
    monkeypatch.setattr(resembled, "PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}/api/"
        with pytest.raises(StoryError, match=r"did not answer within 0.2 s"):
            Resembled("P", "V", address, key).say("hello", 1.0)


@pytest.mark.parametrize(("content", "why"), [(b"", "no key"), (b"two words", "no key"), (b"\xff", "no plain text")])
def test_a_key_that_is_none(server, key, content, why):
    key.write_bytes(content)
    with pytest.raises(StoryError, match=why):
        voice(server, key).say("hello", 1.0)


def test_no_key_at_all(server, tmp_path):
    with pytest.raises(StoryError, match="Resemble wants a key: name its file with key"):
        voice(server, None).say("hello", 1.0)
    with pytest.raises(StoryError, match=r"gone, cannot be read: No such file"):
        voice(server, tmp_path / "gone").say("hello", 1.0)


def test_without_its_library(server, key, monkeypatch):
    monkeypatch.setitem(sys.modules, "resemble", None)
    with pytest.raises(StoryError, match="pip install resemble"):
        voice(server, key).say("hello", 1.0)


def test_its_ids_are_in_the_story(tmp_path):
    loaded = load_story(
        write_story(tmp_path, ("[film]", TABLE.format("http://x/api/").replace("[murmur]", 'key = "k"\n[murmur]')))
    )
    assert loaded.narration.manner.voice == Resembled("P", "V", "http://x/api/", tmp_path / "k")
    with pytest.raises(StoryError, match=r"\[narration.resemble\] project is missing: say it here, or in"):
        load_story(write_story(tmp_path, ("[film]", '[narration]\nvoice = "resemble"\n[film]')), HouseVoices())


def test_what_the_story_does_not_say_the_house_does(tmp_path):
    house = HouseVoices("P", "V", "http://house/api", tmp_path / "key")
    bare = write_story(tmp_path, ("[film]", '[narration]\nvoice = "resemble"\n[film]'))
    said = Resembled("P", "V", "http://house/api/", tmp_path / "key")
    assert load_story(bare, house).narration.manner.voice == said
    assert load_story(bare).title  # a film is made of it without any voice
    own = write_story(tmp_path, ("[film]", '[narration]\nvoice = "resemble"\nresemble = { voice = "own" }\n[film]'))
    assert load_story(own, house).narration.manner.voice == dataclasses.replace(said, voice="own")


def test_a_server_whose_answer_drips(key, monkeypatch):
    monkeypatch.setattr(resembled, "PATIENCE_SECONDS", 0.2)
    refusal = b'{"success": false, "message": "' + 99 * b"." + b'"}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(refusal)
    slow = r"Resemble's answer from http://.*/clips came too slowly: try again later"
    with dripping(head, refusal) as address, pytest.raises(StoryError, match=slow):
        Resembled("P", "V", f"{address}/api/", key).say("hello", 1.0)


def test_a_sound_that_drips(server, key, monkeypatch):
    monkeypatch.setattr(resembled, "PATIENCE_SECONDS", 0.2)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with dripping(head, 1000 * b".") as address:
        server.audio_address = f"{address}/clip.flac"
        with pytest.raises(StoryError, match=r"answer from http://.*/clip.flac came too slowly: try again later"):
            voice(server, key).say("hello", 1.0)
