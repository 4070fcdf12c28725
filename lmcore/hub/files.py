"""The files of the Hugging Face cache: blobs, snapshots that show them, and references."""

import os
import shutil
from pathlib import Path

from lmcore.hub.remote import RemoteFile
from lmcore.runtime.disk import write_atomically


def arrived(blob: Path, file: RemoteFile) -> int:
    """Bytes of a file that are here, whole or in part."""
    for path in (blob, Path(f"{blob}.incomplete")):
        if path.is_file():
            count = path.stat().st_size
            return count if file.size is None or count <= file.size else 0
    return 0


def free(folder: Path) -> int:
    """Bytes that are free on the disk of a folder, which need not exist yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def link(blob: Path, place: Path) -> None:
    """Let a snapshot show a blob, through a relative link where the system has any."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink() and place.resolve() == blob.resolve():
        return
    place.unlink(missing_ok=True)
    try:
        place.symlink_to(os.path.relpath(blob, place.parent))
    except OSError:  # Windows without the right to make links
        shutil.copyfile(blob, place)


def write_ref(folder: Path, commit: str) -> None:
    """Say which state of a repository is that of its main branch."""
    write_atomically(
        folder / "refs" / "main", lambda part: part.write_text(commit, encoding="utf8")
    )


def size(count: int | None) -> str:
    """Bytes for people: “479 MB”; a question mark where they are not known."""
    if count is None:
        return "?"
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} B"
