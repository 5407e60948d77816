"""`film render`: a story becomes a triptych, three chains from three seeds side by side, with captions."""

import argparse
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np
import platformdirs
import torch

from show.errors import FilmError
from show.making.chain import Chain
from show.making.encode import Picture, encode, read_pictures
from show.making.optimise import Recipe, open_painter, unknown_words
from show.making.story import FPS, Story, load_story
from show.making.subtitles import webvtt
from show.progress import Telling

CHECKPOINT_EVERY = 25


def run_command(options: argparse.Namespace) -> int:
    """`blind-eye film render STORY OUT`."""
    render(options.story, options.out)
    return 0


def render(story_path: Path, out: Path, work: Path | None = None, say: Callable[[str], None] = print) -> Path:
    """Make the triptych of a story; interrupted, it goes on where it was. Returns the film's path.

    `out` is the film, or a folder for triptych.mp4; the captions lie beside it under the same name.
    `work` keeps the images; without it they lie in the user's cache until the film is whole.
    StoryError, WeightsError and FilmError say what is wrong.
    """
    story = load_story(story_path)
    film = out if out.suffix else out / "triptych.mp4"
    try:
        return _render(story, film, work, say)
    except OSError as error:
        raise FilmError(f"{film} cannot be made: {error.strerror or error}: {error.filename or film}") from error


def _render(story: Story, film: Path, work: Path | None, say: Callable[[str], None]) -> Path:
    captions = film.with_suffix(".vtt")
    folder = work or _cache(film)
    film.parent.mkdir(parents=True, exist_ok=True)  # better known now than after hours
    chains = _chains(story, folder, say)
    _make(chains)
    count = encode(frames(story, chains), film, FPS, crf=22, easy=True)
    captions.write_text(webvtt(story), encoding="utf-8")
    if work is None:
        shutil.rmtree(folder)
    say(f"{film}: {count} images, {count / FPS:g} s; captions in {captions}")
    return film


def _cache(film: Path) -> Path:
    name = hashlib.sha256(str(film.resolve()).encode()).hexdigest()[:16]
    return Path(platformdirs.user_cache_dir("blind-eye")) / "films" / name


def _chains(story: Story, folder: Path, say: Callable[[str], None]) -> list[Chain]:
    """A chain for each panel: the same phrases, another seed."""
    recipe = Recipe(story.width, story.height, story.iterations, story.cuts)
    painter = open_painter(story.vqgan, story.critic, recipe)
    texts = [text for phrase in story.phrases for text in phrase.wish.prompts.texts]
    if unknown := unknown_words(painter.critic, texts):
        say(f"the critic never learned {', '.join(unknown)}")
    wishes = [phrase.wish for phrase in story.phrases]
    return [
        Chain(painter, wishes, story.images_per_phrase, seed, folder / f"panel-{number}", CHECKPOINT_EVERY)
        for number, seed in enumerate(story.seeds, 1)
    ]


def _make(chains: list[Chain]) -> None:
    """All panels at once, each on its share of the processor; an interruption leaves checkpoints."""
    torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // len(chains)))
    stop = threading.Event()
    with Telling() as bar, ThreadPoolExecutor(len(chains)) as pool:
        tasks = [pool.submit(_follow, chain, number, bar, stop) for number, chain in enumerate(chains, 1)]
        try:
            for task in as_completed(tasks):
                task.result()
        finally:
            stop.set()


def _follow(chain: Chain, number: int, bar: Telling, stop: threading.Event) -> None:
    task = bar.add_task(f"panel {number}", total=chain.total)
    for made in chain.run(stop.is_set):
        done = (made.phrase - 1) * chain.images + made.image
        bar.update(task, completed=done, description=f"panel {number} phrase {made.phrase} score {made.score:.3f}")
    bar.update(task, completed=chain.total)


def frames(story: Story, chains: list[Chain]) -> Iterator[Picture]:
    """All frames of the film: the panels side by side."""
    size = story.panel_width, story.panel_height
    for panels in zip(*(read_pictures(chain.paths, *size) for chain in chains), strict=True):
        yield np.concatenate(panels, axis=1)
