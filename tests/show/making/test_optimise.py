import math

import pytest
import torch
from safetensors.torch import save_file

from show.errors import WeightsError
from show.making.bundled import model_path
from show.making.moving import first_picture, move
from show.making.optimise import Canvas, Recipe, mean_cosine, open_painter, seeded, spherical_distance, unknown_words
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


@pytest.fixture(scope="module")
def bundled():
    """The pair that comes with the work, on a small picture."""
    return open_painter(model_path("", "vqgan"), model_path("", "critic"), Recipe(64, 64, cuts=4))


def follow(painter, words, steps=20):
    """Let a canvas follow the words; the canvas, and the score at each step."""
    canvas, scores = painter.canvas(first_picture(64, 64, seeded(1))), []
    goal = painter.goal(parse_prompts(words, "TEXT"), 1)
    for step in range(steps):
        canvas.better(seen := canvas.look(goal, seeded(step)))
        scores.append(seen.score)
    return canvas, scores


def test_scores_rise(bundled):
    _, scores = follow(bundled, "a red heart")
    assert sum(scores[-5:]) / 5 > sum(scores[:5]) / 5 + 0.05


def test_a_thing_kept_out_scores_less(bundled):
    unwanted = bundled.goal(plain("the sea"), 1)
    asked, kept_out = (follow(bundled, f"blue: 0.5 | the sea: {weight}")[0] for weight in (1, 0))
    assert kept_out.look(unwanted, seeded(0)).score < asked.look(unwanted, seeded(0)).score - 0.05


def test_a_canvas_that_does_not_move_stays_itself(painter):
    canvas = painter.canvas(first_picture(32, 64, seeded(1)))
    assert painter.moved(canvas, painter.draw(canvas.latent), 0, 1) is canvas


def test_a_moved_canvas_keeps_its_adam(painter):
    canvas = painter.canvas(first_picture(32, 64, seeded(1)))
    canvas.better(canvas.look(painter.goal(plain("the sea"), 1), seeded(1)))
    moved = painter.moved(canvas, painter.draw(canvas.latent), 0, 1.01)
    assert moved.state()["adam.step"] == 1
    assert torch.equal(moved.state()["adam.exp_avg"], canvas.state()["adam.exp_avg"])


def test_moving_loses_little_of_what_was_found(bundled):
    canvas, scores = follow(bundled, "a red heart")
    goal = bundled.goal(plain("a red heart"), 1)
    moved = bundled.moved(canvas, bundled.draw(canvas.latent), 0, 1.01)
    assert moved.look(goal, seeded(99)).score > canvas.look(goal, seeded(99)).score - 0.1 > scores[0]


def test_a_moved_canvas_shows_the_moved_picture(bundled):
    canvas, _ = follow(bundled, "a red heart", 5)
    picture = bundled.draw(canvas.latent).detach()
    drawn = bundled.draw(bundled.moved(canvas, picture, 0, 1.1).latent).detach()
    assert (drawn - move(picture, 0, 1.1)).abs().mean() < (drawn - picture).abs().mean()


def test_what_was_kept_on_the_disk_goes_back_to_where_the_canvas_is(painter):
    kept = {name: torch.zeros(1, 4, 8, 4) for name in ("latent", "adam.exp_avg", "adam.exp_avg_sq")}
    canvas = Canvas(painter, torch.zeros(1, 4, 8, 4, device="meta"))  # as good as a GPU for asking where things are
    canvas.restore(kept | {"adam.step": torch.tensor(3.0)})
    where = {name: value.device.type for name, value in canvas.adam.state[canvas.latent].items()}
    assert where == {"exp_avg": "meta", "exp_avg_sq": "meta", "step": "cpu"}


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
