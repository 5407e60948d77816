import numpy as np
import pytest
import torch

from show.making.bundled import model_path
from show.making.critic import load_critic
from show.making.training import scenes
from show.making.training.contrast import contrastive
from show.making.training.data import Composer, prompts
from show.making.training.judge import load_judge
from show.making.training.pictures import STYLES, Sprites, split_of
from show.making.training.train_vqgan import centres, whitening
from show.making.words import content, known_form


def sprites(*names: str) -> Sprites:
    pixels = np.zeros((3 * len(names), 72, 72, 4), np.uint8)
    pixels[:, 16:56, 16:56] = (220, 35, 40, 255)
    return Sprites(pixels, [*STYLES] * len(names), [name for name in names for _ in STYLES], [[]] * 3 * len(names))


@pytest.fixture(scope="module")
def composer() -> Composer:
    return Composer(sprites("red heart", "dog", "house", "star", "frog", "yellow star"), "P", seed=1, scene_count=60)


def broken(composer: Composer, count: int = 3000) -> list[str]:
    wanted = [content(prompt) for prompt in prompts()]
    plans = [composer._plan() for _ in range(count)]
    return [plan.caption for plan in plans if any(prompt <= content(plan.caption) for prompt in wanted)]


def test_no_caption_holds_all_words_of_an_evaluation_prompt(composer: Composer) -> None:
    assert broken(composer) == []


def test_without_the_rule_some_would(composer: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composer, "forbidden", [])
    assert broken(composer) != []


def test_batches_are_pictures_with_captions(composer: Composer) -> None:
    batch = composer.batch(64, 12)
    assert batch.images.shape == (12, 3, 64, 64)
    assert 0 <= float(batch.images.min()) < float(batch.images.max()) <= 1
    assert all(batch.captions)


def test_the_splits_know_the_same_words_by_other_pictures() -> None:
    names = [f"thing {i}" for i in range(300)]
    dealt = {name: {split_of(f"{style}/{name}") for style in STYLES} for name in names}
    assert sum({"J", "P"} <= splits for splits in dealt.values()) > 240
    assert {split for splits in dealt.values() for split in splits} == {"J", "P", "H"}


def test_a_scene_is_told_by_its_seed() -> None:
    first, again, other = scenes.draw(5), scenes.draw(5), scenes.draw(6)
    assert np.array_equal(first.pixels, again.pixels)
    assert first.alone == again.alone
    assert not np.array_equal(first.pixels, other.pixels)


def test_twenty_prompts_all_of_whose_words_the_critic_knows() -> None:
    critic = load_critic(model_path(None, "critic"))
    assert len(set(prompts())) == 20
    assert [word for prompt in prompts() for word in critic.unknown_words(prompt)] == []


def test_the_judge_tells_prompts_apart() -> None:
    vectors = load_judge(model_path(None, "judge")).encode_text(prompts())
    alike = vectors @ vectors.T - torch.eye(20)
    assert float(alike.max()) < 0.9


def test_the_right_pairs_cost_less_than_wrong_ones() -> None:
    vectors = torch.nn.functional.normalize(torch.randn(6, 16, generator=torch.Generator().manual_seed(1)), dim=-1)
    keys, scale = [str(i) for i in range(6)], torch.tensor(20.0)
    assert contrastive(vectors, vectors, keys, scale) < contrastive(vectors, vectors.roll(1, 0), keys, scale) / 3


def test_whitening_can_be_undone() -> None:
    points = torch.randn(200, 4) * torch.tensor([9.0, 3.0, 1.0, 0.5]) + 2
    mean, forth, back = whitening(points)
    assert torch.allclose((points - mean) @ forth.T @ back.T + mean, points, atol=1e-4)
    spread = ((points - mean) @ forth.T).std(0)
    assert float(spread.max() / spread.min()) < 5


def test_centres_lie_among_their_points() -> None:
    points = torch.cat([torch.randn(50, 2) * 0.1 + torch.tensor(at) for at in ((0.0, 0.0), (5.0, 5.0))])
    found = centres(points, 8)
    assert float(torch.cdist(points, found).amin(1).max()) < 0.5


@pytest.mark.parametrize(
    ("word", "form"), [("hearts", "heart"), ("walked", "walk"), ("stories", "story"), ("zyx", None)]
)
def test_endings_are_forgiven(word: str, form: str | None) -> None:
    assert known_form(word, {"heart": 1, "walk": 2, "story": 3}) == form
