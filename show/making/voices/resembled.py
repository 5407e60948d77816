"""The artist's voice at Resemble: each sentence is made there once, by their own library, and kept here.

A key lies in a file, or in $CREDENTIALS_DIRECTORY/resemble; project and voice are named in the story.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from urllib3.exceptions import ReadTimeoutError

from show.errors import StemError, StoryError
from show.making.voices.sound import Sound, read_bytes
from show.making.voices.voice import Utterance, Word
from show.timely import Timely

SERVER = "https://app.resemble.ai/api/"
PATIENCE_SECONDS = 120.0  # a long sentence is made in a quarter of that
RATE = 44_100
REFUSALS = {
    401: "does not accept the key",
    402: "says that the account's quota is used up",
    403: "does not accept the key",
    404: "knows no such project or voice",
    429: "says that too much was asked in too short a time, or that the quota is used up",
}


@dataclass(frozen=True)
class Resembled:
    """A voice at Resemble, by the ids of its project and of itself."""

    project: str
    voice: str
    server: str
    key_file: Path | None
    paced = False

    @property
    def key(self) -> str:
        return f"resemble {self.server} {self.project} {self.voice}"

    def say(self, text: str, slowness: float) -> Utterance:
        """A sentence made there; StoryError says what was wrong with key, quota, ids or network."""
        clip = self._clip(text)
        address, times = clip.get("audio_src"), clip.get("timestamps")
        if not isinstance(address, str) or not address:
            raise StoryError(f"Resemble made no sound of {text!r}")
        answer = _ask("get", address)
        return Utterance(_sound(answer.content, text), _words(times if isinstance(times, dict) else {}))

    def _clip(self, text: str) -> dict[str, Any]:
        resemble = _library()
        resemble.Resemble.api_key(_key(self.key_file))
        resemble.Resemble.base_url(self.server)
        made = resemble.Resemble.v2.clips.create_sync(
            self.project, self.voice, text, sample_rate=RATE, precision="PCM_16", include_timestamps=True
        )
        item = made.get("item") if isinstance(made, dict) else None
        if not isinstance(item, dict) or made.get("success") is False:
            raise StoryError(f"Resemble did not speak {text!r}: {_message(made)}")
        return item


class _Patient:
    """`requests` for the library, which by itself waits for ever and passes every refusal over."""

    def post(self, address: str, **details: Any) -> requests.Response:
        return _ask("post", address, **details)


def _library() -> Any:
    try:
        import resemble
    except ImportError as error:
        raise StoryError(f"the voice 'resemble' needs its library: {sys.executable} -m pip install resemble") from error
    resemble.requests = _Patient()
    return resemble


def _ask(how: str, address: str, **details: Any) -> requests.Response:
    """An answer that is good, and JSON where something was posted."""
    try:
        with _session() as calls:
            answer = calls.request(how, address, timeout=PATIENCE_SECONDS, **details)
        if answer.status_code >= 400:
            raise StoryError(f"{_refusal(how, answer)}; what was spoken so far is kept")
        if how == "post":
            answer.json()
    except requests.exceptions.JSONDecodeError as error:
        raise StoryError(f"{address} does not answer like Resemble") from error
    except requests.Timeout as error:
        raise StoryError(f"Resemble did not answer within {PATIENCE_SECONDS:g} s: try again later") from error
    except requests.RequestException as error:
        if error.args and isinstance(error.args[0], ReadTimeoutError):  # an answer had begun
            raise StoryError(f"Resemble's answer from {address} came too slowly: try again later") from error
        raise StoryError(f"Resemble cannot be reached at {address}: is there a network?") from error
    return answer


def _refusal(how: str, answer: requests.Response) -> str:
    """Why there is no clip, or no sound of one."""
    plain = f"answers {answer.status_code} {answer.reason}"
    if how == "get":
        return f"Resemble made a sound that cannot be fetched: {answer.url.partition('?')[0]} {plain}"
    return f"Resemble {REFUSALS.get(answer.status_code, plain)}{_detail(answer)}"


def _session() -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, Timely(2 * PATIENCE_SECONDS))
    return session


def _detail(answer: requests.Response) -> str:
    try:
        return f" ({message})" if (message := _message(answer.json())) else ""
    except ValueError:
        return ""


def _message(answer: Any) -> str:
    found = answer if isinstance(answer, dict) else {}
    said = next((found[name] for name in ("message", "error", "errors") if found.get(name)), "it gave no reason")
    return " ".join(str(said).split())[:200]


def _key(file: Path | None) -> str:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    place = file or (Path(folder) / "resemble" if folder else None)
    if place is None:
        raise StoryError("Resemble wants a key: name its file with key, or put it into $CREDENTIALS_DIRECTORY/resemble")
    try:
        key = place.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no plain text"
        raise StoryError(f"the key for Resemble, {place}, cannot be read: {why}") from error
    if not key.isprintable() or not key or " " in key:
        raise StoryError(f"{place} holds no key for Resemble: it must be one word")
    return key


def _sound(data: bytes, text: str) -> Sound:
    """The clip, without a file that a full disk could refuse: it is paid for."""
    try:
        return read_bytes(data, "the clip")
    except StemError as error:
        raise StoryError(f"what Resemble sent for {text!r} is no sound") from error


def _words(times: dict[str, Any]) -> tuple[Word, ...]:
    """Letters and their times, gathered to words; none when they are not as they should be."""
    words: list[Word] = []
    broken = True
    try:
        for letter, (start, end) in zip(times.get("graph_chars") or [], times.get("graph_times") or [], strict=True):
            if str(letter).isspace():
                broken = True
            elif broken:
                words.append(Word(float(start), float(end), str(letter)))
                broken = False
            else:
                words[-1] = Word(words[-1].start, float(end), words[-1].text + str(letter))
    except (TypeError, ValueError):
        return ()
    return tuple(words)
