"""A gallery's PC in the box: installs the show as a technician would, lives through its troubles, tells what it saw.

Runs as root inside the box, in the shared folder; writes seen.json and photographs of the screen there.
"""

import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

SHOW, SCREEN = "blind-eye.service", "blind-eye-display.service"
WATCHDOG_SECONDS = 4
LONG_ENOUGH = 3 * WATCHDOG_SECONDS + 1
XORG = "/usr/bin/Xorg :0 -auth /run/blind-eye-display/key -nolisten tcp -noreset -nocursor -s 0 -dpms"
DUMMY = "-config /run/share/screen.conf -novtswitch -sharevts"
blind_eye = Path(sys.executable).parent / "blind-eye"
seen: dict[str, object] = {}


def run(*command: object) -> str:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}\n{journal()}")
    return done.stdout


def journal() -> str:
    command = ["journalctl", "--no-pager", "-n", "60", "-o", "cat", "-u", SHOW, "-u", SCREEN]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def unit(name: str = SHOW) -> dict[str, str]:
    fields = "ActiveState,NRestarts,MainPID,StatusText,Result,ExecMainStatus"
    return dict(line.split("=", 1) for line in run("systemctl", "show", "-p", fields, name).splitlines())


def wait(what: str, condition: Callable[[], object], seconds: float = 60) -> float:
    """Seconds until the condition held."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise SystemExit(f"waited {seconds:g} s in vain for {what}: {unit()}\n{journal()}")
        time.sleep(0.1)
    return round(time.monotonic() - begun, 2)


def active() -> bool:
    return unit()["ActiveState"] == "active"


def show_says(key: str) -> str:
    status = Path("/var/lib/blind-eye/status.json")
    return str(json.loads(status.read_text()).get(key)) if status.exists() else ""


def photograph(name: str) -> None:
    """What is on the screen, whoever drew it."""
    grab = [
        "ffmpeg",
        "-v",
        "error",
        "-f",
        "x11grab",
        "-video_size",
        "1280x800",
        "-i",
        ":0",
        "-frames:v",
        "1",
        "-y",
        name,
    ]
    done = subprocess.run(grab, env={**os.environ, "XAUTHORITY": "/run/blind-eye-display/key"}, check=False)
    if done.returncode:
        raise SystemExit(f"no photograph of the screen: {journal()}")


def drop_in(name: str, text: str) -> None:
    folder = Path(f"/etc/systemd/system/{name}.d")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "box.conf").write_text(f"[Service]\n{text}\n")


def install(site: str) -> None:
    run(blind_eye, "install", "--site", f"/run/share/site/{site}")


def picture_comes_up() -> None:
    drop_in(SCREEN, f"ExecStart=\nExecStart={XORG} {DUMMY}")
    drop_in(SHOW, f"WatchdogSec={WATCHDOG_SECONDS}")
    keys = Path("/etc/credstore/x.toml")
    keys.parent.mkdir(mode=0o700, exist_ok=True)
    keys.touch(0o600)
    install("site.toml")
    seen["up_seconds"] = wait("the first picture", active)
    photograph("up.png")
    wait("word on the sound", lambda: "sound device" in show_says("sound"))
    wait("word on the film", lambda: unit()["StatusText"].startswith("playing"))
    seen["up"] = unit() | {"sound": show_says("sound"), "picture": show_says("picture")}
    seen["keys"] = Path("/run/credentials", SHOW, "x.toml").exists()
    seen["user"] = run("ps", "-o", "user:20=", "-p", unit()["MainPID"]).strip()


def installing_again_changes_nothing() -> None:
    before = unit()["MainPID"]
    install("site.toml")
    seen["same_process"] = unit()["MainPID"] == before


def tell(address: str) -> None:
    port = tomllib.loads(Path("/run/share/site/site.toml").read_text())["osc"]["port"]
    run("oscsend", "127.0.0.1", port, address)


def a_long_pause() -> None:
    tell("/show/pause")
    wait("the pause", lambda: show_says("state") == "paused", 10)
    time.sleep(LONG_ENOUGH)
    seen["paused"] = unit() | {"state": show_says("state")}
    tell("/show/resume")
    wait("the show to go on", lambda: show_says("state") == "playing", 10)


def the_player_hangs() -> None:
    hung = unit()["MainPID"]
    run("kill", "-STOP", hung)
    wait("the watchdog", lambda: unit()["NRestarts"] == "1")
    seen["back_seconds"] = wait("the picture to come back", active)
    photograph("back.png")
    seen["after_hang"] = unit()


def the_screen_dies() -> None:
    before = unit()["MainPID"]
    run("kill", "-KILL", unit(SCREEN)["MainPID"])
    wait("another player", lambda: active() and unit()["MainPID"] not in (before, "0"))
    photograph("new-screen.png")
    seen["new_screen"] = unit()


def a_closed_night() -> None:
    install("closed.toml")
    wait("the closed house", lambda: active() and show_says("state") == "closed")
    time.sleep(LONG_ENOUGH)
    photograph("closed.png")
    seen["closed"] = unit() | {"state": show_says("state")}


def a_wrong_site() -> None:
    Path("/run/share/site/closed.toml").write_text("[osc]\nport = 99999\n")
    run("systemctl", "restart", "--no-block", SHOW)
    wait("the refusal", lambda: unit()["ActiveState"] == "failed")
    seen["wrong"] = unit() | {"said": journal()}


def removal() -> None:
    seen["removed"] = run(blind_eye, "remove")
    seen["left"] = [str(path) for path in Path("/etc/systemd/system").glob("**/blind-eye*.service")]


for scene in (
    picture_comes_up,
    installing_again_changes_nothing,
    a_long_pause,
    the_player_hangs,
    the_screen_dies,
    a_closed_night,
    a_wrong_site,
    removal,
):
    scene()
    seen.setdefault("scenes", []).append(scene.__name__)  # type: ignore[attr-defined]
Path("seen.json").write_text(json.dumps(seen, indent=2))
