"""The models: the pair bundled here, and the genuine ones, listed, fetched whole or not at all, and converted once."""

import argparse
import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

import platformdirs
import torch
from rich.progress import DownloadColumn, Progress, TaskID
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from show.errors import WeightsError
from show.making.bundled import BUNDLED
from show.making.old_checkpoints import load_old
from show.making.stand_ins import stand_ins, state_of
from show.making.voices.published import voice_tensors

VQGAN_PARTS = ("encoder.", "decoder.", "quantize.", "quant_conv.", "post_quant_conv.")
CHUNK = 1 << 20
CLIP_AT = "https://openaipublic.azureedge.net/clip/models"
VQGAN_AT = "https://heibox.uni-heidelberg.de/d"
VOICES_AT = "https://api.ngc.nvidia.com/v2/models/nvidia"


@dataclass(frozen=True)
class Known:
    """A model the world knows: what it is, where it is fetched, and its hash where its makers publish one."""

    name: str
    kind: str  # "vqgan", "critic" or "voice"
    megabytes: int
    address: str
    sha256: str | None


def _vqgan(name: str, megabytes: int, folder: str) -> Known:
    return Known(name, "vqgan", megabytes, f"{VQGAN_AT}/{folder}/files/?p=%2Fckpts%2Flast.ckpt&dl=1", None)


def _clip(name: str, megabytes: int, sha256: str) -> Known:
    return Known(name, "critic", megabytes, f"{CLIP_AT}/{sha256}/{name}.pt", sha256)


def _voice(name: str, megabytes: int, path: str) -> Known:
    return Known(name, "voice", megabytes, f"{VOICES_AT}/{path}", None)


KNOWN = (
    _vqgan("vqgan_imagenet_f16_16384", 980, "a7530b09fed84f80a887"),
    _vqgan("vqgan_imagenet_f16_1024", 958, "8088892a516d4e3baf92"),
    _clip("ViT-B-32", 338, "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"),
    _clip("ViT-B-16", 335, "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f"),
    _clip("RN50", 244, "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762"),
    _voice("tacotron2", 113, "tacotron2_pyt_ckpt_fp32/versions/19.09.0/files/nvidia_tacotron2pyt_fp32_20190427"),
    _voice("waveglow", 1070, "waveglow_ckpt_fp32/versions/19.09.0/files/nvidia_waveglowpyt_fp32_20190427"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `blind-eye weights`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="which models there are")
    fetching = actions.add_parser("fetch", help="get a genuine model")
    fetching.add_argument("name", choices=[known.name for known in KNOWN])
    fetching.add_argument("--from", dest="address", metavar="URL", help="another address than the usual one")
    fetching.add_argument("--sha256", help="what its hash must be")
    converting = actions.add_parser("convert", help="a checkpoint to safetensors")
    converting.add_argument("source", type=Path, metavar="CHECKPOINT")
    converting.add_argument("out", type=Path, metavar="OUT.safetensors")


def run_command(options: argparse.Namespace) -> int:
    """`blind-eye weights list|fetch|convert`."""
    match options.action:
        case "list":
            list_weights()
        case "fetch":
            with Progress(*Progress.get_default_columns(), DownloadColumn()) as bar:
                task = bar.add_task(options.name)
                tell = partial(_tell, bar, task)
                path = fetch(options.name, options.address, options.sha256, tell)
            print(path)
        case "convert":
            convert(options.source, options.out)
            print(options.out)
    return 0


def _tell(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total or None)


def folder() -> Path:
    """Where fetched and converted models lie."""
    return Path(platformdirs.user_data_dir("blind-eye")) / "weights"


def list_weights(say: Callable[[str], None] = print) -> None:
    """Say which models there are, and where."""
    for path in sorted(BUNDLED.glob("*.safetensors")):
        say(f"{path.stem:28} {path.stat().st_size / 1e6:7.1f} MB  bundled")
    for known in KNOWN:
        here = [
            path for path in sorted(folder().glob(f"{known.name}.*")) if path.suffix in (".safetensors", ".ckpt", ".pt")
        ]
        state = ", ".join(str(path) for path in here) or "not here; `blind-eye weights fetch` gets it"
        say(f"{known.name:28} {known.megabytes:7} MB  {state}")


def fetch(
    name: str, address: str | None = None, sha256: str | None = None, tell: Callable[[int, int], None] | None = None
) -> Path:
    """Fetch a known model and convert it; a broken download goes on where it stopped, a wrong one is thrown away.

    `address` and `sha256` replace what is known of it; `tell(done, total)` hears of bytes. Raises WeightsError.
    """
    known = next((each for each in KNOWN if each.name == name), None)
    if known is None:
        raise WeightsError(f"no model is called {name!r}: there are {', '.join(each.name for each in KNOWN)}")
    address, sha256 = address or known.address, sha256 or known.sha256
    out = folder() / f"{name}.safetensors"
    if out.is_file():
        return out
    folder().mkdir(parents=True, exist_ok=True)
    raw = folder() / f"{name}.part"
    _download(address, raw, tell or (lambda done, total: None))
    _verify(raw, sha256)
    try:
        convert(raw, out)
    finally:  # what cannot be read is not worth going on with
        raw.unlink()
    return out


def _download(address: str, path: Path, tell: Callable[[int, int], None]) -> None:
    have = path.stat().st_size if path.is_file() else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            going_on = answer.status == 206
            total = int(answer.headers.get("Content-Length") or 0) + (have if going_on else 0)
            with path.open("ab" if going_on else "wb") as file:
                while chunk := answer.read(CHUNK):
                    file.write(chunk)
                    tell(file.tell(), total)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # nothing is left to fetch
            raise WeightsError(f"{address} answers {error.code} {error.reason}") from error
        return
    except (OSError, ValueError, HTTPException) as error:
        raise WeightsError(f"{address} cannot be fetched: {error}") from error
    if total and path.stat().st_size < total:
        raise WeightsError(f"{address} broke off after {path.stat().st_size} of {total} bytes: fetch it again to go on")


def _verify(path: Path, sha256: str | None) -> None:
    if sha256 is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        path.unlink()
        raise WeightsError(
            f"{path.name} is not the file it should be: its SHA-256 is {found}, not {sha256}; it is deleted"
        )


def convert(source: Path, out: Path) -> None:
    """A checkpoint of a VQGAN, CLIP, Tacotron 2 or WaveGlow becomes safetensors; nothing is unpickled freely."""
    tensors = _tensors(source)
    if kept := voice_tensors(tensors):
        pass
    elif any(name.startswith("visual.") for name in tensors):
        kept = {name: value for name, value in tensors.items() if value.dim() or name == "logit_scale"}
    else:
        kept = {name: value for name, value in tensors.items() if name.startswith(VQGAN_PARTS)}
    if not kept:
        raise WeightsError(f"{source} holds neither a VQGAN of taming's nor a CLIP, a Tacotron 2 or a WaveGlow")
    waiting = out.with_name(f".{out.name}.new")
    try:
        save_file({name: value.contiguous().clone() for name, value in kept.items()}, waiting)
        waiting.replace(out)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{out} cannot be written: {error}") from error
    finally:
        waiting.unlink(missing_ok=True)


def _tensors(source: Path) -> dict[str, Tensor]:
    try:
        return _checkpoint_tensors(source)
    except FileNotFoundError as error:
        raise WeightsError(f"{source} is not there") from error
    except Exception as first:
        for read in (_scripted_tensors, _old_tensors):
            with suppress(Exception):
                return read(source)
        raise WeightsError(f"{source} is not a checkpoint that can be read without running code in it") from first


def _checkpoint_tensors(source: Path) -> dict[str, Tensor]:
    with torch.serialization.safe_globals(stand_ins()):
        return _state(torch.load(source, map_location="cpu", weights_only=True))


def _scripted_tensors(source: Path) -> dict[str, Tensor]:
    return dict(torch.jit.load(str(source), map_location="cpu").state_dict())  # type: ignore[no-untyped-call]


def _old_tensors(source: Path) -> dict[str, Tensor]:
    return _state(load_old(source))


def _state(loaded: Any) -> dict[str, Tensor]:
    return state_of(loaded.get("state_dict", loaded.get("model", loaded)))
