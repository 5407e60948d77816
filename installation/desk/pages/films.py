"""A film over HTTP, whole or in parts: handed to the server as a file, so that a slow reader holds no thread."""

from pathlib import Path

from flask import Response, abort, request
from werkzeug.http import parse_range_header


def film_response(film: Path | None, name: str) -> Response:
    """The film or the part that is asked for; called `name` where it is saved with ?save. 404 when it is not there."""
    try:
        file = film.open("rb") if film else abort(404)
    except OSError:
        abort(404)
    size = file.seek(0, 2)
    part = _asked(size)
    if part is None:
        file.close()
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end, status = part
    file.seek(start)
    body = request.environ["wsgi.file_wrapper"](file)
    answer = Response(body, status, mimetype="video/mp4", direct_passthrough=True)
    answer.content_length = end - start
    answer.headers["Accept-Ranges"] = "bytes"
    if status == 206:
        answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    if "save" in request.args:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(size: int) -> tuple[int, int, int] | None:
    """From and up to which byte, and the status that says so; None for a part that is not there.

    Several parts at once, or none that is understood: the whole film.
    """
    asked = parse_range_header(request.headers.get("Range"))
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return 0, size, 200
    part = asked.range_for_length(size)
    return (*part, 206) if part else None
