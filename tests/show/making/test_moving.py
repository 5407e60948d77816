import pytest
import torch

from show.making.moving import cuts, first_picture, move
from show.making.optimise import seeded


def dot(x, y, width=64, height=96):
    picture = torch.zeros(1, 3, height, width)
    picture[:, :, y - 1 : y + 1, x - 1 : x + 1] = 1
    return picture


def centre(picture):
    weight = picture[0, 0]
    y, x = torch.meshgrid(torch.arange(weight.shape[0]) + 0.5, torch.arange(weight.shape[1]) + 0.5, indexing="ij")
    return float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum())


def test_positive_angles_turn_counter_clockwise():
    assert centre(move(dot(48, 32, 64, 64), 90, 1)) == pytest.approx((32, 16), abs=0.1)
    assert centre(move(dot(32, 16, 64, 64), 90, 1)) == pytest.approx((16, 32), abs=0.1)


def test_zoom_is_a_factor_about_the_centre():
    assert centre(move(dot(40, 60), 0, 1.5)) == pytest.approx((44, 66), abs=0.1)
    assert move(dot(40, 60), 0, 1.5).sum() == pytest.approx(float(2.25 * dot(40, 60).sum()), rel=0.1)


def test_what_leaves_one_border_comes_in_at_the_other():
    assert move(torch.ones(1, 3, 96, 64), 33, 0.7).min() == pytest.approx(1, abs=1e-5)
    corners = move(dot(1, 1), 0, 0.5)[0, 0]
    assert corners[24, 16] > 0.1
    assert corners[24, 48] > 0.1


def test_no_movement_changes_nothing():
    picture = torch.rand(1, 3, 96, 64)
    assert torch.equal(move(picture, 0, 1), picture)
    assert torch.allclose(move(picture, 360, 1), picture, atol=1e-3)


def test_cuts_show_the_picture_itself():
    picture = torch.zeros(1, 3, 96, 64)
    picture[:, 0] = 0.8
    pieces = cuts(picture, 16, 32, seeded(1))
    assert pieces.shape == (16, 3, 32, 32)
    assert pieces.mean((0, 2, 3)).tolist() == pytest.approx([0.8, 0, 0], abs=0.01)


def test_cuts_are_told_by_the_dice():
    picture = first_picture(64, 96, seeded(3))
    assert torch.equal(cuts(picture, 4, 32, seeded(1, 2)), cuts(picture, 4, 32, seeded(1, 2)))
    assert not torch.equal(cuts(picture, 4, 32, seeded(1, 2)), cuts(picture, 4, 32, seeded(2, 1)))


def test_cuts_reach_every_part():
    picture = torch.zeros(1, 3, 96, 64, requires_grad=True)
    cuts(picture, 64, 32, seeded(1)).sum().backward()
    assert (picture.grad.abs().sum((0, 1)) > 0).float().mean() > 0.9
