from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from show.errors import WeightsError
from show.making.bundled import model_path
from show.making.critic import GENUINE, Critic, load_critic, random_critic, save_critic

VIT = {
    **GENUINE, "embed_dim": 16, "image_resolution": 32, "vision_layers": 1, "vision_width": 64, "vision_patch_size": 16,
    "context_length": 8, "transformer_width": 64, "transformer_heads": 1, "transformer_layers": 1,
}  # fmt: skip
RESNET = {**VIT, "vision_layers": (1, 1, 1, 1), "vision_width": 16, "vision_patch_size": 0}


@pytest.mark.parametrize("sizes", [VIT, RESNET], ids=["transformer", "resnet"])
def test_what_is_loaded_says_what_was_saved(sizes: dict[str, int], tmp_path: Path) -> None:
    critic = random_critic(sizes, ["dog", "sun"])
    save_critic(critic, tmp_path / "c.safetensors")
    loaded = load_critic(tmp_path / "c.safetensors")
    images = torch.rand(3, 3, 32, 32)
    assert loaded.input_size == 32
    assert torch.allclose(loaded.encode_image(images), critic.encode_image(images), atol=5e-3)
    assert torch.allclose(loaded.encode_text(["a dog"]), critic.encode_text(["a dog"]), atol=5e-3)


def test_vectors_have_length_one() -> None:
    critic = random_critic(VIT, ["dog", "sun"])
    for vectors in (critic.encode_text(["dog", "sun"]), critic.encode_image(torch.rand(2, 3, 32, 32))):
        assert vectors.shape == (2, 16)
        assert torch.allclose(vectors.norm(dim=1), torch.ones(2), atol=1e-5)


def test_clips_own_tokens_where_no_vocabulary_is_told(tmp_path: Path) -> None:
    save_file(random_critic(VIT).network.state_dict(), tmp_path / "c.safetensors")
    loaded = load_critic(tmp_path / "c.safetensors")
    row = loaded.tokens.encode(["a photo of a dog, long beyond all measure"])[0]
    assert row[:4].tolist() == [49406, 320, 1125, 539]
    assert row[-1] == 49407
    assert loaded.unknown_words("Zyzzyva") == ()


def test_unknown_words_are_reported_and_passed_over() -> None:
    critic = random_critic(VIT, ["dog", "sun"])
    assert critic.unknown_words("Quixotic dogs, quixotic SUN!") == ("quixotic",)
    assert torch.allclose(critic.encode_text(["zyx dog"]), critic.encode_text(["dogs"]), atol=1e-6)


def test_words_of_other_alphabets_are_reported() -> None:
    critic = random_critic(VIT, ["dog", "caf"])
    assert critic.unknown_words("Море, dog’s café 海") == ("море", "café", "海")


def test_different_texts_differ() -> None:
    critic = load_critic(model_path(None, "critic"))
    vectors = critic.encode_text(["a red heart", "the blue sea at night", "a red heart"])
    assert float(vectors[0] @ vectors[1]) < 0.6
    assert torch.allclose(vectors[0], vectors[2])


def test_the_bundled_one_tells_red_from_blue() -> None:
    critic = load_critic(model_path(None, "critic"))
    pictures = torch.zeros(2, 3, critic.input_size, critic.input_size)
    pictures[0, 0], pictures[1, 2] = 0.85, 0.85
    scores = critic.encode_image(pictures) @ critic.encode_text(["red", "blue"]).T
    assert scores.argmax(1).tolist() == [0, 1]


def test_the_works_own_words_are_known() -> None:
    critic = load_critic(model_path(None, "critic"))
    story = (
        "I am walking with my brother on a field of one thousand images. We understand each other, the sun is shining"
    )
    assert not {"walking", "brother", "field", "thousand", "images", "understand", "sun", "shining"} & set(
        critic.unknown_words(story)
    )


def gradient(critic: Critic, picture: torch.Tensor, text: str) -> torch.Tensor:
    picture = picture.clone().requires_grad_()
    (critic.encode_image(picture) @ critic.encode_text([text]).T).sum().backward()
    assert picture.grad is not None
    return picture.grad


def test_the_picture_can_be_bettered_by_its_gradient() -> None:
    critic = load_critic(model_path(None, "critic"))
    picture = torch.full((1, 3, 64, 64), 0.5)
    step = gradient(critic, picture, "a red heart").sign() * 0.02
    text = critic.encode_text(["a red heart"])
    assert float((critic.encode_image(picture + step) @ text.T).item()) > float(
        (critic.encode_image(picture) @ text.T).item()
    )


def test_what_is_no_clip_is_said_in_a_sentence(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(2)}, tmp_path / "no.safetensors")
    with pytest.raises(WeightsError, match="is not a CLIP in OpenAI's layout"):
        load_critic(tmp_path / "no.safetensors")
