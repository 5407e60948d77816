import math

import pytest
import torch
from safetensors.torch import save_file

from show.errors import WeightsError
from show.making.moving import first_picture
from show.making.optimise import Recipe, mean_cosine, open_painter, seeded, spherical_distance, unknown_words
from show.making.prompts import parse_prompts, plain


def test_spherical_distance():
    cosines = torch.tensor([1.0, 0.0, -1.0])
    expected = [0, 2 * (math.pi / 4) ** 2, 2 * (math.pi / 2) ** 2]
    assert spherical_distance(cosines).tolist() == pytest.approx(expected, abs=0.01)


def test_the_score_ignores_what_is_to_be_kept_out():
    cosines = torch.tensor([[0.4, 0.9], [0.2, 0.7]])
    assert mean_cosine(cosines, torch.tensor([2.0, -1.0])) == pytest.approx(0.3)


def test_the_goal_follows_the_keyframes(painter):
    prompts = parse_prompts("1:( a lantern: 1 | the sea: 0 ), 11:( a lantern: 0 | the sea: 2 ), people: 0", "TEXT")
    goal = painter.goal(prompts, 6)
    assert goal.weights.tolist() == [0.5, 1.0, -1.0]
    assert goal.vectors.norm(dim=1).tolist() == pytest.approx([1, 1, 1])


def climb(painter, words, steps=25):
    canvas = painter.canvas(first_picture(32, 64, seeded(1)))
    goal, scores = painter.goal(parse_prompts(words, "TEXT"), 1), []
    for step in range(steps):
        canvas.better(seen := canvas.look(goal, seeded(step)))
        scores.append(seen.score)
    return sum(scores[-5:]) / 5 - sum(scores[:5]) / 5


def test_scores_rise(painter):
    assert climb(painter, "a lantern at night") > 0.005


def test_a_thing_kept_out_lowers_its_own_score(painter):
    canvas = painter.canvas(first_picture(32, 64, seeded(1)))
    wanted, goal = (
        painter.goal(plain("people"), 1),
        painter.goal(parse_prompts("a lantern: 0.01 | people: 0", "TEXT"), 1),
    )
    before = canvas.look(wanted, seeded(0)).score
    for step in range(25):
        canvas.better(canvas.look(goal, seeded(step)))
    assert canvas.look(wanted, seeded(0)).score < before - 0.005


def test_the_latent_stays_within_the_codebook(painter):
    canvas = painter.canvas(first_picture(32, 64, seeded(1)))
    low, high = painter.vqgan.latent_bounds
    canvas.better(canvas.look(painter.goal(plain("the sea"), 1), seeded(1)))
    assert bool(((canvas.latent >= low) & (canvas.latent <= high)).all())


def test_the_picture_is_a_picture(painter):
    canvas = painter.canvas(first_picture(32, 64, seeded(1)))
    picture = canvas.look(painter.goal(plain("the sea"), 1), seeded(1)).picture.detach()
    assert picture.shape == (1, 3, 64, 32)
    assert 0 <= float(picture.min()) < float(picture.max()) <= 1


def test_sides_must_fit_the_vqgan(models):
    with pytest.raises(WeightsError, match=r"vqgan.safetensors makes sides that are multiples of 8, not 36x64"):
        open_painter(models / "vqgan.safetensors", models / "critic.safetensors", Recipe(36, 64))


def test_unreadable_weights(models, tmp_path):
    (tmp_path / "garbage").write_bytes(b"x" * 100)
    save_file({"a": torch.zeros(1)}, tmp_path / "other")
    for name in ("garbage", "other", "none"):
        with pytest.raises(WeightsError, match=name):
            open_painter(tmp_path / name, models / "critic.safetensors", Recipe(32, 64))


def test_unknown_words_are_told_once(painter):
    assert unknown_words(painter.critic, ["a zeppelin at night", "zeppelin and quark"]) == ("zeppelin", "quark")
