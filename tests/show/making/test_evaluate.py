import pytest
import torch

from show.making.bundled import model_path
from show.making.critic import load_critic
from show.making.optimise import Painter, Recipe
from show.making.training.evaluate import Trial, Verdict, draw, judge_pair, scrambled, sheet, table
from show.making.training.judge import load_judge
from show.making.vqgan import load_vqgan

TEXTS = ["a yellow sun in a blue sky", "a brown dog in a green field"]


@pytest.fixture(scope="module")
def painter() -> Painter:
    critic = load_critic(model_path(None, "critic"))
    return Painter(load_vqgan(model_path(None, "vqgan")), critic, Recipe(64, 64, cuts=6))


def test_two_texts_give_visibly_different_pictures_and_the_judge_knows_which(painter: Painter) -> None:
    trials, pictures = judge_pair(painter, load_judge(model_path(None, "judge")), TEXTS, [1], iterations=25)
    one, other = pictures[TEXTS[0], 1], pictures[TEXTS[1], 1]
    assert float((one - other).abs().mean()) > 0.1
    assert [trial.rank for trial in trials] == [0, 0]
    assert all(trial.cosine > trial.cosine_before + 0.1 for trial in trials)


def test_the_same_seed_draws_the_same_picture(painter: Painter) -> None:
    first, again = (draw(painter, TEXTS[0], 7, iterations=2)[1] for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, draw(painter, TEXTS[0], 8, iterations=2)[1])


def test_scrambled_weights_draw_nothing_of_it() -> None:
    whole, random = load_vqgan(model_path(None, "vqgan")), scrambled(load_vqgan(model_path(None, "vqgan")))
    picture = torch.rand(1, 3, 16, 16)
    assert not torch.allclose(whole.decode(whole.encode(picture)), random.decode(random.encode(picture)), atol=0.05)


def test_the_verdict_counts() -> None:
    trials = [Trial("a", 1, 5, 0, 0.0, 0.4), Trial("a", 2, 5, 2, 0.1, 0.3), Trial("b", 1, 0, 3, 0.2, 0.2)]
    verdict = Verdict(trials, held_out_cosine=0.6, seconds=1)
    assert verdict.top1 == pytest.approx(1 / 3)
    assert verdict.rise == pytest.approx(0.2)
    assert verdict.figures()["share_of_held_out"] == pytest.approx(0.5)
    assert "1 3" in table(verdict)


def test_the_sheet_holds_a_picture_for_every_seed() -> None:
    pictures = {(text, seed): torch.full((3, 64, 64), 0.25 * seed) for text in TEXTS for seed in (1, 2)}
    paper = sheet(pictures, TEXTS, [1, 2], scale=1)
    assert paper.getpixel((30, 30)) == (64, 64, 64)
    assert paper.getpixel((68 + 30, 30)) == (128, 128, 128)
