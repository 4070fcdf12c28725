"""Writing in one step, and going on where the disk is full.

The app writes nothing (downloads of published models do, and say what is wrong). But PyTorch asks
for a folder for temporary files when it is imported, which Python finds by writing one: it cannot
be imported where no folder takes a file, although it does without writing there.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

#: The variable with which PyTorch is told of its folder.
VARIABLE = "TORCHINDUCTOR_CACHE_DIR"
#: Bytes that must be free for a few small files.
LEAST = 1_000_000


def prepare() -> None:
    """Name a folder where none takes a file; does nothing otherwise, and writes nothing.

    It costs some microseconds: call it before PyTorch may be imported.
    """
    places = _temporary()
    if any(_takes(place) for place in places):
        return
    for place in (Path(__file__).parent, *places):
        if place.is_dir() and os.access(place, os.W_OK):
            tempfile.tempdir = tempfile.tempdir or str(place)
            os.environ.setdefault(VARIABLE, str(place))
            return


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, then move it there in one step: nobody reads half a file.

    ``write`` gets the name under which it is to write. A missing folder is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _temporary() -> list[Path]:
    """Where Python looks for a folder for temporary files, in its order."""
    named = [os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")]
    return [Path(place) for place in (*named, "/tmp", "/var/tmp", "/usr/tmp", os.curdir) if place]


def _takes(place: Path) -> bool:
    """Whether there is a folder with room in it."""
    try:
        return os.access(place, os.W_OK) and shutil.disk_usage(place).free >= LEAST
    except OSError:
        return False
