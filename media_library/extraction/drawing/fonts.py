"""Fonts to draw with: what lies on the machine, whatever that is. None is required."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

FOLDERS = (Path("/usr/share/fonts/truetype"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
FAMILIES = {
    "sans": ("LiberationSans", "DejaVuSans", "NotoSans", "DejaVuSansCondensed", "LiberationSansNarrow", "Arial"),
    "serif": ("LiberationSerif", "DejaVuSerif", "NotoSerif", "DejaVuSerifCondensed"),
    "mono": ("LiberationMono", "DejaVuSansMono", "NotoSansMono"),
}


@cache
def _files() -> dict[str, Path]:
    """File name without its ending → file. That of a plotting library comes last, where it is installed."""
    found: dict[str, Path] = {}
    plotting = find_spec("matplotlib")
    own = [Path(plotting.origin).parent / "mpl-data/fonts/ttf"] if plotting and plotting.origin else []
    for folder in [*own, *FOLDERS]:
        if folder.is_dir():
            found.update({path.stem: path for path in sorted(folder.rglob("*.ttf"))})
    return found


@cache
def families(style: str) -> tuple[str, ...]:
    """Those of FAMILIES that are here; ("",) where none is, which is Pillow's own."""
    return tuple(name for name in FAMILIES[style] if _regular(name)) or ("",)


@lru_cache(maxsize=64)
def font(family: str, size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    path = (_files().get(f"{family}-Bold") if bold else None) or _regular(family)
    if path is None:
        return ImageFont.load_default(size)  # type: ignore[return-value]
    return ImageFont.truetype(str(path), size)


def _regular(family: str) -> Path | None:
    files = _files()
    return files.get(f"{family}-Regular") or files.get(family)
