"""The door of the staff's page: a PIN, a session in a signed cookie, a token on every form."""

import hmac
import math
import secrets
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask, Response, request, session

from installation.desk.pages.frame import Declined, address, go_to, page
from installation.desk.pages.limits import Lockout
from installation.desk.pages.sheets import Sheets

SHIFT = timedelta(hours=12)
OPEN_TO_ALL = {"file", "POST /login"}


class Door:
    """Lets in whoever knows the PIN, for a shift. A new PIN ends every session; `now` gives seconds since 1970."""

    def __init__(
        self, app: Flask, pin: str, secret: bytes, now: Callable[[], float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pin, self._now = pin, now
        self._badge = hmac.digest(secret, b"pin " + pin.encode(), "sha256").hex()
        self._sheets = Sheets(secret, "login", now)
        self._lockout = Lockout(clock)
        app.secret_key = hmac.digest(secret, b"staff", "sha256")
        app.config.update(SESSION_COOKIE_NAME="staff", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Strict")
        app.permanent_session_lifetime = SHIFT
        app.before_request(self._ask)
        app.add_url_rule("/login", "POST /login", self._login, methods=["POST"])
        app.add_url_rule("/logout", "POST /logout", self._logout, methods=["POST"])
        app.context_processor(lambda: {"token": session.get("token", "")})

    def _ask(self) -> Response | None:
        """The PIN's page for whoever is not in; nothing is done for a form without its token."""
        if request.endpoint in OPEN_TO_ALL:
            return None
        if not self._is_in():
            return self._show(401 if request.method == "POST" else 200)
        if request.method == "POST" and not _same(request.form.get("token", ""), session["token"]):
            raise Declined("This form is not one of ours, or it is old. Please go back and load the page again.", 403)
        return None

    def _is_in(self) -> bool:
        since = self._now() - float(session.get("since", -math.inf))
        return _same(str(session.get("badge", "")), self._badge) and -60 <= since <= SHIFT.total_seconds()

    def _login(self) -> Response:
        wait = self._lockout.seconds_left(address())
        if wait:
            return self._show(429, f"Too many wrong PINs. Please wait {_duration(wait)}.", wait)
        if self._sheets.read(request.form.get("sheet", "")) is None:
            return self._show(403, "This page has lain open for long. Please try once more.")
        if not _same(request.form.get("pin", "").strip(), self._pin):
            self._lockout.wrong(address())
            return self._show(403, "That is not the PIN.")
        self._lockout.right(address())
        session.clear()
        session.permanent = True
        session.update(badge=self._badge, since=self._now(), token=secrets.token_urlsafe(24))
        return go_to("/")

    def _logout(self) -> Response:
        session.clear()
        return go_to("/")

    def _show(self, status: int, problem: str = "", wait: float = 0.0) -> Response:
        answer = page("staff_login.html", status, sheet=self._sheets.new(), problem=problem)
        if wait:
            answer.headers["Retry-After"] = str(math.ceil(wait))
        return answer


def _same(given: str, wanted: str) -> bool:
    """Compared in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _duration(seconds: float) -> str:
    return f"{math.ceil(seconds)} s" if seconds < 90 else f"{math.ceil(seconds / 60)} minutes"
