"""What both web applications have in common: headers, files of their own, and pages for what goes wrong."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request, send_file
from werkzeug.exceptions import HTTPException

from installation.desk.pages.ledgers import Ledgers
from installation.desk.pages.limits import Buckets
from installation.desk.pages.listener import LARGEST_BODY_BYTES
from show.errors import LedgerError
from show.typefaces import INTER

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
FILES = {
    "style.css": (HERE / "style.css", "text/css"),
    "page.js": (HERE / "page.js", "text/javascript"),
    "levels.js": (HERE / "levels.js", "text/javascript"),
    "inter.otf": (INTER.path, "font/otf"),
}
POLICY = "; ".join(
    ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]
    + [f"{kind}-src 'self'" for kind in ("style", "script", "font", "media", "connect")]
    + ["img-src 'self' data:", "form-action 'self'"]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HAMMERING = (600, 300)  # requests at once and a second of one address, beyond which not even a page is made

SENTENCES = {
    404: ("There is nothing here", "This address leads nowhere. Perhaps a letter of it is missing."),
    405: ("There is nothing here", "This address cannot be used like that."),
    413: ("That is too long", "More was sent than a page can take. Please shorten it."),
    500: ("Something went wrong", "The fault is ours, and it is written down. Please try again in a minute."),
    503: ("Not at this moment", "The list cannot be read at this moment. Please try again in a minute."),
}


class Declined(Exception):
    """Not done; one sentence for the visitor, who may try again after so many seconds."""

    def __init__(self, sentence: str, status: int = 400, retry_seconds: float = 0.0) -> None:
        super().__init__(sentence)
        self.sentence, self.status, self.retry_seconds = sentence, status, retry_seconds


def make_app(name: str, ledgers: Ledgers, clock: Callable[[], float]) -> Flask:
    """An application without pages yet, on whose pages nothing from elsewhere is ever loaded."""
    app = Flask(f"installation.desk.pages.{name}", template_folder=str(HERE / "templates"), static_folder=None)
    app.config["MESSAGE"] = "message" if name == "visitors" else f"{name}_message"
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY_BYTES
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.after_request(_with_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(LedgerError, partial(_ledger_error, ledgers))
    app.register_error_handler(Exception, _bug)
    app.add_url_rule("/<any('style.css', 'page.js', 'levels.js', 'inter.otf'):file>", "file", _file)
    app.wsgi_app = _Calm(app.wsgi_app, clock)  # type: ignore[method-assign]
    return app


def page(template: str, status: int = 200, /, **values: Any) -> Response:
    """A page that no one else may keep."""
    answer = make_response(render_template(template, **values), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def message(status: int) -> Response:
    """The page for an error."""
    heading, sentence = SENTENCES.get(status, SENTENCES[404 if status < 500 else 500])
    return page(f"{current_app.config['MESSAGE']}.html", status, heading=heading, sentence=sentence)


def go_to(where: str) -> Response:
    """On to another page, after a form."""
    return Response(status=303, headers={"Location": where, "Cache-Control": "no-store"})


def address() -> str:
    """Whoever asks."""
    return request.remote_addr or ""


def say_when_to_retry(answer: Response, seconds: float) -> Response:
    """The same, with the time after which it may be tried again."""
    if seconds:
        answer.headers["Retry-After"] = str(max(1, round(seconds)))
    return answer


def _file(file: str) -> Response:
    path, kind = FILES[file]
    return send_file(path, mimetype=kind, max_age=3600)


def _with_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    return message(error.code)


def _ledger_error(ledgers: Ledgers, error: LedgerError) -> Response:
    log.warning("%s", error)
    ledgers.lose()
    return message(503)


def _bug(error: Exception) -> Response:
    log.exception("a page went wrong")  # without its address, which may hold a code
    return message(500)


class _Calm:
    """Turns away whoever hammers, before anything is read or made."""

    def __init__(self, app: Any, clock: Callable[[], float]) -> None:
        self._app, self._hammering = app, Buckets(*HAMMERING, clock)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if self._hammering.take(environ.get("REMOTE_ADDR", "")):
            return self._app(environ, start_response)
        start_response("429 Too Many Requests", [("Content-Type", "text/plain"), ("Retry-After", "10")])
        return [b"Too many requests from here. Please wait ten seconds.\n"]
