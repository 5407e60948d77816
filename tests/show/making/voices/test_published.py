import pickle
import struct

import pytest
import torch
from safetensors.torch import load_file

from show.errors import WeightsError
from show.making.weights import convert
from tests.show.making.voices import published


@pytest.fixture
def waveglow():
    return published.tiny_waveglow()


def same(path, expected):
    found = load_file(path)
    assert set(found) == set(expected)
    assert all(torch.allclose(found[name], expected[name], atol=1e-6) for name in expected)


def converted(tmp_path, content):
    torch.save(content, tmp_path / "c.pt")
    convert(tmp_path / "c.pt", tmp_path / "out.safetensors")
    return tmp_path / "out.safetensors"


def test_a_tacotron_from_training_on_several_cards(tmp_path):
    state = published.tiny_tacotron().state_dict()
    content = {"state_dict": {f"module.{name}": value for name, value in state.items()}, "iteration": 5}
    same(converted(tmp_path, content), {name: value for name, value in state.items() if value.dim()})


def test_a_tacotron_in_half_precision(tmp_path):
    state = {name: value.half() for name, value in published.tiny_tacotron().state_dict().items() if value.dim()}
    same(converted(tmp_path, {"state_dict": state}), {name: value.float() for name, value in state.items()})


def test_a_waveglow_of_the_model_hub(tmp_path, waveglow):
    state = waveglow.state_dict()
    content = {"state_dict": published.normalised(published.apart(state, 2))}
    same(converted(tmp_path, content), state)


@pytest.mark.parametrize("old", [True, False])
def test_a_waveglow_pickled_whole(tmp_path, waveglow, old):
    expected = {name: value.clone() for name, value in waveglow.state_dict().items()}
    published.save_pickled(waveglow, tmp_path / "universal.pt", old)
    convert(tmp_path / "universal.pt", tmp_path / "out.safetensors")
    same(tmp_path / "out.safetensors", expected)


class Evil:
    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return open, (str(self.trace), "w")


def test_code_in_an_old_file_is_never_run(tmp_path):
    torch.save({"model": Evil(tmp_path / "trace")}, tmp_path / "evil.pt", _use_new_zipfile_serialization=False)
    with pytest.raises(WeightsError, match="without running code in it"):
        convert(tmp_path / "evil.pt", tmp_path / "out.safetensors")
    assert not (tmp_path / "trace").exists()


def test_an_old_file_that_promises_more_than_it_holds(tmp_path, waveglow):
    published.save_pickled(waveglow, tmp_path / "universal.pt", True)
    whole = (tmp_path / "universal.pt").read_bytes()
    for part in (whole[: len(whole) // 2], whole[:-3], whole[:2000]):
        (tmp_path / "universal.pt").write_bytes(part)
        with pytest.raises(WeightsError, match="is not a checkpoint"):
            convert(tmp_path / "universal.pt", tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()


def test_an_old_file_that_names_a_storage_beyond_its_size(tmp_path):
    from show.making.old_checkpoints import MAGIC

    class Storage:
        pass

    class Pickler(pickle.Pickler):
        def persistent_id(self, each):
            return ("storage", torch.FloatStorage, "0", "cpu", 10**12, None) if isinstance(each, Storage) else None

    with (tmp_path / "huge.pt").open("wb") as file:
        for each in (MAGIC, 1001, {}):
            pickle.dump(each, file, protocol=2)
        Pickler(file, protocol=2).dump({"state_dict": Storage()})
        pickle.dump(["0"], file, protocol=2)
        file.write(struct.pack("<q", 10**12))
    with pytest.raises(WeightsError, match="is not a checkpoint"):
        convert(tmp_path / "huge.pt", tmp_path / "out.safetensors")
