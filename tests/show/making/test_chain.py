from itertools import islice

import numpy as np
import pytest
from PIL import Image

from show.making.chain import Chain
from show.making.keyframes import parse_keyframes
from show.making.optimise import seeded
from show.making.prompts import Wish, plain

IMAGES = 6
WISHES = (
    Wish(plain("a lantern at night")),
    Wish(plain("the sea"), parse_keyframes("1: (2), 6: (3)", "ANGLE"), parse_keyframes("1: (1.02)", "ZOOM")),
    Wish(plain("a story")),
)


def chain(painter, folder, wishes=WISHES, seed=1):
    return Chain(painter, wishes, IMAGES, seed, folder, checkpoint_every=2)


def pixels(paths):
    return [np.asarray(Image.open(path)) for path in paths]


@pytest.fixture(scope="module")
def unbroken(painter, tmp_path_factory):
    whole = chain(painter, tmp_path_factory.mktemp("unbroken"))
    return list(whole.run()), pixels(whole.paths)


def test_every_phrase_has_its_images(unbroken):
    made, images = unbroken
    assert [(each.phrase, each.image) for each in made] == [(p, i) for p in (1, 2, 3) for i in range(1, IMAGES + 1)]
    assert {image.shape for image in images} == {(64, 32, 3)}


def test_the_last_image_of_a_phrase_is_the_first_of_the_next(unbroken):
    _, images = unbroken
    for first in (IMAGES, 2 * IMAGES):
        assert np.array_equal(images[first - 1], images[first])


def test_images_change_within_a_phrase(unbroken):
    _, images = unbroken
    for number in set(range(1, 3 * IMAGES)) - {IMAGES, 2 * IMAGES}:
        assert not np.array_equal(images[number - 1], images[number])


def test_another_seed_is_another_picture(painter, tmp_path, unbroken):
    other = chain(painter, tmp_path, seed=2)
    list(other.run())
    assert np.abs(pixels(other.paths)[-1].astype(int) - unbroken[1][-1]).mean() > 1


@pytest.mark.parametrize("killed_after", [1, 4, 5, 6, 9, 13])
def test_a_killed_chain_goes_on_to_the_same_images(painter, tmp_path, unbroken, killed_after):
    list(islice(chain(painter, tmp_path).run(), killed_after))
    again = chain(painter, tmp_path)
    list(again.run())
    assert 0 <= killed_after - again.resumed_at < 2
    assert all(np.array_equal(one, two) for one, two in zip(pixels(again.paths), unbroken[1], strict=True))


def test_stopping_leaves_a_checkpoint_at_once(painter, tmp_path):
    stopped = chain(painter, tmp_path)
    assert len(list(stopped.run(stop=lambda: True))) == 1
    assert not stopped.finished
    again = chain(painter, tmp_path)
    list(again.run())
    assert (again.resumed_at, again.finished) == (1, True)


def test_a_full_disk_keeps_the_checkpoint_before(painter, tmp_path, unbroken):
    list(islice(chain(painter, tmp_path).run(), 2))
    (tmp_path / "checkpoint.new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        list(chain(painter, tmp_path).run())
    (tmp_path / "checkpoint.new").unlink()
    again = chain(painter, tmp_path)
    list(again.run())
    assert again.resumed_at == 2
    assert all(np.array_equal(one, two) for one, two in zip(pixels(again.paths), unbroken[1], strict=True))


def test_other_words_begin_anew(painter, tmp_path):
    list(chain(painter, tmp_path).run())
    other = chain(painter, tmp_path, WISHES[:2])
    list(other.run())
    assert other.resumed_at == 0


@pytest.mark.parametrize("content", [b"", b"garbage", b"\xff" * 4096])
def test_a_damaged_checkpoint_begins_anew(painter, tmp_path, content):
    list(islice(chain(painter, tmp_path).run(), 3))
    (tmp_path / "checkpoint.safetensors").write_bytes(content)
    again = chain(painter, tmp_path, WISHES[:1])
    assert len(list(again.run())) == IMAGES


def test_a_finished_chain_has_nothing_to_do(painter, tmp_path):
    list(chain(painter, tmp_path, WISHES[:1]).run())
    again = chain(painter, tmp_path, WISHES[:1])
    assert list(again.run()) == []
    assert again.finished


def test_dice_are_told_by_their_numbers():
    draws = {seeded(*numbers).initial_seed() for numbers in [(1, 2), (2, 1), (1,), (1, 2, 0), (0, 1, 2)]}
    assert len(draws) == 5
