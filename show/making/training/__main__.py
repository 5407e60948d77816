"""`python -m show.making.training --data FOLDER`: draw the pictures, train the judge, then the pair side by side."""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

import torch

from show.making.bundled import BUNDLED
from show.making.training import pictures
from show.making.training.train_critic import train_critic, train_judge
from show.making.training.train_vqgan import train_vqgan

PARTS = ("judge", "critic", "vqgan")


def main(arguments: list[str] | None = None) -> int:
    """Train everything, or one part of it."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(
        1
    )  # judge, critic and VQGAN have a core each; spinning threads would take it from one another
    torch.set_flush_denormal(True)
    options.out.mkdir(parents=True, exist_ok=True)
    cache = options.cache or options.data / "sprites.npz"
    sprites = pictures.draw_all(options.data, cache)
    if options.part:
        return _train(options, sprites)
    _child(options, cache, "judge")
    print(
        "judge frozen, sha256", hashlib.sha256((options.out / "judge.safetensors").read_bytes()).hexdigest(), flush=True
    )
    both = [_start(options, cache, part) for part in ("critic", "vqgan")]
    return max(child.wait() for child in both)


def _train(options: argparse.Namespace, sprites: pictures.Sprites) -> int:
    at = {part: options.out / f"{part}.safetensors" for part in PARTS}
    if options.part == "judge":
        train_judge(sprites, at["judge"], options.judge_minutes * 60)
    elif options.part == "critic":
        train_critic(sprites, at["critic"], options.minutes * 60)
    else:
        train_vqgan(sprites, at["vqgan"], options.minutes * 60, at["critic"], options.go_on)
    return 0


def _start(options: argparse.Namespace, cache: Path, part: str) -> subprocess.Popen[bytes]:
    told = ["--data", options.data, "--cache", cache, "--out", options.out, "--part", part]
    times = ["--minutes", options.minutes, "--judge-minutes", options.judge_minutes]
    return subprocess.Popen([sys.executable, "-m", "show.making.training", *map(str, [*told, *times])])


def _child(options: argparse.Namespace, cache: Path, part: str) -> None:
    if status := _start(options, cache, part).wait():
        raise SystemExit(status)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m show.making.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the unpacked packages (see MODELS.md)")
    parser.add_argument("--cache", type=Path, help="drawn pictures (default: DATA/sprites.npz)")
    parser.add_argument("--out", type=Path, default=BUNDLED, help="where the weights go")
    parser.add_argument("--minutes", type=float, default=70, help="for critic and VQGAN, beside each other")
    parser.add_argument("--judge-minutes", type=float, default=10)
    parser.add_argument("--go-on", action="store_true", help="with --part vqgan: start from the weights in --out")
    parser.add_argument("--part", choices=PARTS, help="train only this, on the other's file where there is one")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
