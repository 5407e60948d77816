"""What must hold of the house as a whole, for newcomers and technicians."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import blind_eye

TOP = Path(__file__).parent.parent
NOT_OURS = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"}
LARGEST_BYTES = 30 * 10**6
DOCUMENTS = ("README.md", "systemd/INSTALL.md", "calibration/GUIDE.md", "installation/OSC.md", "show/making/MODELS.md")
BUNDLED = (".otf", ".ttf", ".safetensors", ".flac", ".wav", ".mp4")


def files() -> Iterator[Path]:
    """Every file of the project, without what was built here."""
    for folder, folders, names in os.walk(TOP):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        yield from (Path(folder, name) for name in names)


@pytest.mark.parametrize("script", ["script/show", "script/test", ".ci/run"])
def test_scripts_can_be_run(script: str):
    assert os.access(TOP / script, os.X_OK)
    assert subprocess.run(["bash", "-n", TOP / script], check=False).returncode == 0


@pytest.mark.parametrize("command", ["script/show", "script/test"])
def test_the_readme_has_the_two_commands(command: str):
    assert command in (TOP / "README.md").read_text()


def test_no_file_is_too_large_for_a_clone():
    assert [str(path) for path in files() if path.stat().st_size > LARGEST_BYTES] == []


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if (TOP / name).exists()])
def test_documents_name_commands_that_exist(document: str):
    named = set(re.findall(r"(?<!-u )blind-eye ([a-z]+)\b", (TOP / document).read_text()))
    unknown = {name for name in named if blind_eye(name, "--help").returncode}
    assert unknown == set()


def test_links_between_documents_lead_somewhere():
    for document in (path for path in files() if path.suffix == ".md"):
        for target in re.findall(r"]\((?!https?:)([^)#]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document}: {target}"


def test_all_that_is_bundled_has_its_licence_named():
    notice = (TOP / "NOTICE").read_text()
    bundled = [path.relative_to(TOP) for path in files() if path.suffix in BUNDLED and "tests" not in path.parts]
    unnamed = [path for path in bundled if not any(str(part) in notice for part in (path, *path.parents[:-2]))]
    assert unnamed == []


def test_a_wheel_brings_what_is_not_python(tmp_path: Path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(command, cwd=TOP, check=True, capture_output=True, timeout=100)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    pages = ("installation/desk/pages/templates/write.html", "installation/desk/pages/style.css")
    lists = ("show/gates/lists/en.txt", "show/gates/lists/zh.txt")
    for part in ("installation/projector/shaders/warp.frag", "installation/systemd/blind-eye.service", *pages, *lists):
        assert part in names
    assert any(name.startswith("show/demo/site.toml") for name in names)


def test_a_wrong_word_ends_with_2():
    done = blind_eye("plya")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
