import hashlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType, SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from show.errors import WeightsError
from show.making import weights


class ModelCheckpoint:
    """Pickled under Lightning's name."""

    __module__ = "pytorch_lightning.callbacks.model_checkpoint"


@pytest.fixture
def checkpoint(tmp_path):
    """A file as Lightning leaves it: the models, a loss nobody wants, and an object of Lightning's own."""
    state = {f"{part}weight": torch.full((2, 2), float(number)) for number, part in enumerate(weights.VQGAN_PARTS)}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("pytorch_lightning", "pytorch_lightning.callbacks", ModelCheckpoint.__module__):
            patch.setitem(sys.modules, name, ModuleType(name))
        sys.modules[ModelCheckpoint.__module__].ModelCheckpoint = ModelCheckpoint
        callbacks = {ModelCheckpoint: {"best": 1.0}}
        torch.save({"state_dict": state | {"loss.weight": torch.ones(3)}, "callbacks": callbacks}, tmp_path / "c")
    return tmp_path / "c"


@pytest.fixture
def server(checkpoint):
    """Serves the checkpoint, understands Range, and can be told to break off."""
    data, state = checkpoint.read_bytes(), SimpleNamespace(breaks_at=None, asked=[])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            state.asked.append(self.headers.get("Range"))
            start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self.wfile.write(data[start : state.breaks_at])

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        state.address, state.data = f"http://127.0.0.1:{server.server_port}/last.ckpt", data
        yield state
        server.shutdown()


def test_convert_keeps_the_models_and_drops_the_rest(checkpoint, tmp_path):
    weights.convert(checkpoint, tmp_path / "out.safetensors")
    kept = load_file(tmp_path / "out.safetensors")
    assert set(kept) == {f"{part}weight" for part in weights.VQGAN_PARTS}
    assert kept["quantize.weight"].tolist() == [[2.0, 2.0]] * 2


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")  # OpenAI's files are of that time
def test_a_clip_of_openai(tmp_path):
    model = torch.nn.ModuleDict({"visual": torch.nn.Linear(2, 3)})
    torch.jit.save(torch.jit.script(model), tmp_path / "clip.pt")
    weights.convert(tmp_path / "clip.pt", tmp_path / "out.safetensors")
    assert set(load_file(tmp_path / "out.safetensors")) == {"visual.weight", "visual.bias"}


def test_code_in_a_pickle_is_never_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "trace"), "w"))

    torch.save({"state_dict": Evil()}, tmp_path / "evil.ckpt")
    with pytest.raises(WeightsError, match="without running code in it"):
        weights.convert(tmp_path / "evil.ckpt", tmp_path / "out.safetensors")
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x80\x04N."])
def test_garbage(tmp_path, content):
    (tmp_path / "g").write_bytes(content)
    with pytest.raises(WeightsError, match="not a checkpoint"):
        weights.convert(tmp_path / "g", tmp_path / "out.safetensors")


def test_where_nothing_can_be_written(checkpoint, tmp_path):
    with pytest.raises(WeightsError, match="cannot be written"):
        weights.convert(checkpoint, tmp_path / "nowhere" / "out.safetensors")


def test_a_broken_download_goes_on_where_it_stopped(server):
    sha256 = hashlib.sha256(server.data).hexdigest()
    server.breaks_at = 500
    with pytest.raises(WeightsError, match="broke off after 500 of"):
        weights.fetch("ViT-B-32", server.address, sha256)
    server.breaks_at = None
    out = weights.fetch("ViT-B-32", server.address, sha256)
    assert len(load_file(out)) == 5
    assert server.asked == [None, "bytes=500-"]


def test_a_wrong_hash_is_thrown_away(server):
    with pytest.raises(WeightsError, match="its SHA-256 is"):
        weights.fetch("ViT-B-32", server.address)
    assert list(weights.folder().iterdir()) == []


def test_what_is_here_is_not_fetched_again(server):
    weights.fetch("vqgan_imagenet_f16_16384", server.address)
    weights.fetch("vqgan_imagenet_f16_16384", server.address)
    assert len(server.asked) == 1


def test_an_unknown_name_and_a_dead_address():
    with pytest.raises(WeightsError, match="there are vqgan_imagenet"):
        weights.fetch("dall-e")
    with pytest.raises(WeightsError, match="cannot be fetched"):
        weights.fetch("RN50", "http://127.0.0.1:9/x")


def test_list_names_every_model(capsys):
    weights.list_weights()
    text = capsys.readouterr().out
    assert all(known.name in text for known in weights.KNOWN)
