"""Where the small pair lies that comes with the work."""

from pathlib import Path

BUNDLED = Path(__file__).parent / "models"


def model_path(text: str | Path | None, kind: str) -> Path:
    """The file of a model: a path as given; nothing, or "bundled", is the one that comes with the work."""
    return BUNDLED / f"{kind}.safetensors" if text in (None, "", "bundled") else Path(str(text))
