"""A server that speaks as Resemble does: clips made of tones, refusals when told so."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from show.making.voices.sound import RATE, write_sound

KEY = "the-right-key"


class FakeResemble(ThreadingHTTPServer):
    """Knows project P and voice V; `refusal` is a status and a body to answer with instead of a clip."""

    def __init__(self, sound: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sound = sound
        self.asked: list[dict[str, object]] = []
        self.refusal: tuple[int, bytes] | None = None
        self.timestamps: object = None
        self.audio_address = f"http://127.0.0.1:{self.server_port}/clip.flac"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/"


class _Handler(BaseHTTPRequestHandler):
    server: FakeResemble

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        if self.server.refusal:
            self._answer(*self.server.refusal)
        elif self.headers["Authorization"] != f"Token token={KEY}":
            self._answer(401, b'{"success": false, "message": "Invalid token"}')
        elif self.path != "/api/v2/projects/P/clips" or asked["voice_uuid"] != "V":
            self._answer(404, b"<html>not found</html>")
        else:
            self._answer(200, json.dumps({"success": True, "item": self._item(asked)}).encode())

    def _item(self, asked: dict[str, object]) -> dict[str, object]:
        letters = list(str(asked["body"]))
        times = [[0.05 * n, 0.05 * (n + 1)] for n in range(len(letters))]
        told = self.server.timestamps or {"graph_chars": letters, "graph_times": times}
        return {"uuid": "1", "audio_src": self.server.audio_address, "timestamps": told}

    def do_GET(self) -> None:
        if self.path == "/clip.flac":
            self._answer(200, self.server.sound)
        else:
            self._answer(404, b"gone")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def fake_resemble(folder: Path) -> Iterator[FakeResemble]:
    """Serves until the block is left."""
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE)
    write_sound(tone.astype(np.float32), folder / "clip.flac")
    with FakeResemble((folder / "clip.flac").read_bytes()) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        try:
            yield server
        finally:
            server.shutdown()
