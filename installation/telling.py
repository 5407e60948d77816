"""The status in plain sentences, for people without a terminal habit."""

from collections.abc import Mapping
from typing import Any


def tell(status: Mapping[str, Any]) -> str:
    """A few lines: what plays, what is heard, what waits, what is wrong."""
    lines = [f"no picture: {status['away']}"] if status["away"] else []
    lines += [_picture(status), f"sound: {status['sound']}"]
    lines += [_submissions(status)] if status["waiting"] or status["clips"] else []
    lines += [f"a person must look at: {looks}"] if (looks := _looks(status)) else []
    lines += [f"making: {making}"] if (making := _making(status)) else []
    lines += [status["estimate"]] if status["estimate"] else []
    lines += [f"limits: {status['limits']}"] if status["limits"] else []
    lines += [f"desk: {status['desk']}"] if status["desk"] else []
    lines += [f"last trouble: {status['last_error']}"] if status["last_error"] else []
    lines += [f"started again: {name} {times} times" for name, times in status["restarts"].items() if times]
    return "\n".join(lines)


def tell_making(progress: Mapping[str, Any]) -> str:
    """How far the maker is, from the progress it writes; empty while it makes nothing."""
    match progress.get("state"):
        case "making":
            where = "phrase {phrase} of {phrases}, image {image} of {images}".format_map(progress)
            left = f"about {_duration(float(progress['eta_seconds']))} left"
            return f"story {progress['submission']}: {where}, agreement {progress['score']:.2f}, {left}"
        case "encoding":
            return f"story {progress['submission']}: all images are made, the film is being put together"
        case "disk":
            return f"story {progress['submission']} waits: {progress['error']}"
        case _:
            return ""


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _picture(status: Mapping[str, Any]) -> str:
    if status["state"] == "closed":
        return "the house is closed: the wall is black"
    where = f"{status['cue']}, {status['position']:.0f} of {status['duration']:.0f} s"
    losses = f"{status['dropped']} frames lost, {status['late']} late"
    return f"{status['state']}: {where}; {status['frames_shown']} frames shown, {losses}"


def _looks(status: Mapping[str, Any]) -> str:
    """What nobody but a person can decide."""
    words, clips, answers = (status[name] for name in ("to_approve_words", "to_approve_clips", "uncertain"))
    looks = [f"the words of {_many(words, 'story', 'stories')}"] if words else []
    looks += [_many(clips, "clip", "clips")] if clips else []
    looks += [f"{_many(answers, 'answer', 'answers')} that may or may not have gone out"] if answers else []
    return ", ".join(looks)


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _making(status: Mapping[str, Any]) -> str:
    paused = "paused until the house next opens" if status["making_paused"] else ""
    return "; ".join(filter(None, (paused, status["making"])))


def _submissions(status: Mapping[str, Any]) -> str:
    return f"visitors' clips: {status['clips']} on the shelf, {status['waiting']} waiting to be made"
