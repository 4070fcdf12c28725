"""A folder for the drawing library where the disk is full: it wants one before it draws anything.

Matplotlib makes a folder in the home, else one for temporary files, and refuses to be imported
where it can make neither. It need not write there: a list of fonts is kept for the next start if
there is room. So where no folder can be made, one that exists is named to it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

VARIABLE = "MPLCONFIGDIR"
#: Bytes that must be free for a folder and a list of fonts.
LEAST = 1_000_000


def choose() -> None:
    """Name a folder where none can be made; does nothing otherwise, and writes nothing."""
    if VARIABLE in os.environ or any(_takes(place) for place in (_usual(), *_temporary())):
        return
    for place in (Path(__file__).parent, Path.cwd(), *_temporary()):
        if place.is_dir() and os.access(place, os.W_OK):
            os.environ[VARIABLE] = str(place)
            return


def _usual() -> Path:
    """Where the library keeps its files."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path("~/.config").expanduser()) / "matplotlib"


def _temporary() -> list[Path]:
    """Where temporary files may go; asking Python for it would write one."""
    named = [os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")]
    return [Path(place) for place in (*named, "/tmp", "/var/tmp") if place]


def _takes(place: Path) -> bool:
    """Whether a folder is there, or can be made with something in it."""
    if place.is_dir() and os.access(place, os.W_OK) and place == _usual():
        return True
    while not place.is_dir() and place != place.parent:
        place = place.parent
    try:
        return os.access(place, os.W_OK) and shutil.disk_usage(place).free >= LEAST
    except OSError:
        return False
