"""Does the pair draw what it is told? Twenty prompts it never saw, three seeds, and a judge never optimised against.

`python -m show.making.training.evaluate [--json FILE] [--sheet FILE.png]` runs the maker's own loop and prints a table.
"""

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from show.making.bundled import model_path
from show.making.critic import load_critic
from show.making.moving import first_picture
from show.making.optimise import Painter, Recipe, seeded
from show.making.prompts import plain
from show.making.training.data import prompts
from show.making.training.judge import Judge, load_judge
from show.making.training.pictures import Sprites
from show.making.vqgan import Vqgan, load_vqgan

SIZE = 64
HELD_OUT = 0.616  # mean cosine of the bundled judge on 512 held-out pictures and their captions (`held_out_cosine`)


@dataclass(frozen=True)
class Trial:
    """One prompt, one seed: the judge's rank of the right prompt (0 is first) and its cosine, before and after."""

    prompt: str
    seed: int
    rank_before: int
    rank: int
    cosine_before: float
    cosine: float


@dataclass(frozen=True)
class Verdict:
    """All trials of one pair, and what the judge says of real pictures it never saw."""

    trials: list[Trial]
    held_out_cosine: float
    seconds: float

    @property
    def top1(self) -> float:
        """Share of pictures for which the judge puts the right prompt first."""
        return statistics.mean(trial.rank == 0 for trial in self.trials)

    @property
    def rise(self) -> float:
        """Mean rise of the judge's cosine."""
        return statistics.mean(trial.cosine - trial.cosine_before for trial in self.trials)

    def figures(self) -> dict[str, float]:
        """What the table says at its foot."""
        cosine = statistics.mean(trial.cosine for trial in self.trials)
        return {
            "top1": self.top1,
            "top3": statistics.mean(trial.rank < 3 for trial in self.trials),
            "top1_before": statistics.mean(trial.rank_before == 0 for trial in self.trials),
            "cosine": cosine,
            "cosine_rise": self.rise,
            "held_out_cosine": self.held_out_cosine,
            "share_of_held_out": cosine / self.held_out_cosine if self.held_out_cosine else float("nan"),
            "seconds": self.seconds,
        }


def judge_pair(
    painter: Painter, judge: Judge, texts: Sequence[str], seeds: Sequence[int], iterations: int
) -> tuple[list[Trial], dict[tuple[str, int], Tensor]]:
    """Draw every text with every seed and let the judge rank the texts; also the last pictures (3, size, size)."""
    wanted = judge.encode_text(texts)
    trials, pictures = [], {}
    for index, text in enumerate(texts):
        for seed in seeds:
            first, last = draw(painter, text, seed, iterations)
            scores = judge.encode_image(torch.cat([first, last])) @ wanted.T
            ranks = (scores > scores[:, index : index + 1]).sum(1).tolist()
            cosines = scores[:, index].tolist()
            trials.append(Trial(text, seed, ranks[0], ranks[1], cosines[0], cosines[1]))
            pictures[text, seed] = last[0]
    return trials, pictures


def draw(painter: Painter, text: str, seed: int, iterations: int) -> tuple[Tensor, Tensor]:
    """The maker's loop on one phrase: the first picture and the last, each (1, 3, height, width) in 0..1."""
    size = painter.recipe
    canvas = painter.canvas(first_picture(size.width, size.height, seeded(seed)))
    goal, dice = painter.goal(plain(text), 1), seeded(seed, 1)
    first = painter.draw(canvas.latent).detach()
    for _ in range(iterations):
        canvas.better(canvas.look(goal, dice))
    return first, painter.draw(canvas.latent).detach()


def scrambled(vqgan: Vqgan, seed: int = 0) -> Vqgan:
    """The same VQGAN, its weights at random: each tensor's values shuffled, so that it still draws something."""
    dice = torch.Generator().manual_seed(seed)
    for parameter in vqgan.parameters():
        shuffled = parameter.flatten()[torch.randperm(parameter.numel(), generator=dice)]
        parameter.data = shuffled.view_as(parameter).clone()
    return vqgan


def held_out_cosine(judge: Judge, sprites: Sprites, count: int = 512) -> float:
    """The judge's mean cosine between held-out pictures and their own captions."""
    from show.making.training.data import Composer

    batch = Composer(sprites, "H", seed=5, scene_count=300).batch(SIZE, count, augment=0)
    return float((judge.encode_image(batch.images) * judge.encode_text(batch.captions)).sum(1).mean())


def sheet(
    pictures: dict[tuple[str, int], Tensor], texts: Sequence[str], seeds: Sequence[int], scale: int = 2
) -> Image.Image:
    """All pictures with their prompts: two columns of prompts, a picture per seed."""
    side, words = SIZE * scale, 190
    width, rows = len(seeds) * (side + 4) + words, (len(texts) + 1) // 2
    paper = Image.new("RGB", (2 * width, rows * (side + 4)), (18, 18, 20))
    pen = ImageDraw.Draw(paper)
    for index, text in enumerate(texts):
        x, y = index // rows * width, index % rows * (side + 4)
        pen.multiline_text(
            (x + len(seeds) * (side + 4) + 6, y + side // 2 - 10), _broken(text), fill=(250, 215, 40), font_size=15
        )
        for k, seed in enumerate(seeds):
            values = pictures[text, seed].permute(1, 2, 0).mul(255).round().byte().numpy()
            paper.paste(Image.fromarray(values).resize((side, side), Image.Resampling.BICUBIC), (x + k * (side + 4), y))
    return paper


def _broken(text: str, longest: int = 22) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > longest:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def table(verdict: Verdict) -> str:
    """The verdict in words and numbers."""
    lines = [f"{'prompt':44} {'rank (1 = right)':>18} {'cosine before':>14} {'after':>7}"]
    for text in dict.fromkeys(trial.prompt for trial in verdict.trials):
        mine = [trial for trial in verdict.trials if trial.prompt == text]
        ranks = " ".join(str(trial.rank + 1) for trial in mine)
        before, after = (statistics.mean(getattr(t, name) for t in mine) for name in ("cosine_before", "cosine"))
        lines.append(f"{text:44} {ranks:>18} {before:14.2f} {after:7.2f}")
    return "\n".join([*lines, *(f"{name:20} {value:.3f}" for name, value in verdict.figures().items())])


def main(arguments: list[str] | None = None) -> int:
    """Judge the bundled pair, or another."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    texts, seeds = prompts()[: options.prompts], range(1, options.seeds + 1)
    judge, vqgan = load_judge(model_path(options.judge, "judge")), load_vqgan(model_path(options.vqgan, "vqgan"))
    vqgan = scrambled(vqgan) if options.control else vqgan
    recipe = replace(
        Recipe(SIZE, SIZE), cuts=options.cuts, learning_rate=options.rate or Recipe(SIZE, SIZE).learning_rate
    )
    painter = Painter(vqgan, load_critic(model_path(options.critic, "critic")), recipe, "cpu")
    start = time.monotonic()
    trials, pictures = judge_pair(painter, judge, texts, seeds, options.iterations)
    verdict = Verdict(trials, options.held_out, time.monotonic() - start)
    print(table(verdict))
    if options.json:
        figures = {**verdict.figures(), "trials": [vars(trial) for trial in trials]}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if options.sheet:
        sheet(pictures, texts, seeds).quantize(256).save(options.sheet, optimize=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m show.making.training.evaluate", description=__doc__)
    for part in ("judge", "vqgan", "critic"):
        parser.add_argument(f"--{part}", type=Path, help="weights instead of the bundled ones")
    parser.add_argument("--iterations", type=int, default=120)
    parser.add_argument("--cuts", type=int, default=8)
    parser.add_argument("--rate", type=float, help="learning rate instead of the maker's own")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--prompts", type=int, default=20, help="only the first so many prompts")
    parser.add_argument("--held-out", type=float, default=HELD_OUT, help="the judge's cosine on held-out pictures")
    parser.add_argument("--control", action="store_true", help="random weights in the VQGAN")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheet", type=Path)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
