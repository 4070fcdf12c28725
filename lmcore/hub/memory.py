"""How much memory a model needs and how much there is; ``None`` where the system does not say."""

from pathlib import Path

from lmcore.hub.catalogue import PublishedModel
from lmcore.runtime import memory

#: What reading takes beside the weights: activations and attention of one long text.
WORKING = 300_000_000
#: What always stays free for everything else on the machine.
RESERVE = 400_000_000
_MEMINFO, _STATUS = Path("/proc/meminfo"), Path("/proc/self/status")
_CGROUP = Path("/sys/fs/cgroup")


def needed(model: PublishedModel, half: bool = False) -> int | None:
    """Bytes that a loaded model takes while it reads; ``half``: in half precision, as on a GPU."""
    if model.parameters is None:
        return None if model.size is None else model.size + WORKING
    return model.parameters * (2 if half else 4) + WORKING


def available() -> int | None:
    """Bytes that can still be had: of the machine, or of the container where that has fewer."""
    machine = _kilobytes(_MEMINFO, "MemAvailable:")
    container = _container()
    known = [value for value in (machine, container) if value is not None]
    return min(known) if known else None


def resident() -> int | None:
    """Bytes of memory that this process takes now."""
    return _kilobytes(_STATUS, "VmRSS:")


def hand_back() -> None:
    """Collect what nobody refers to and give freed memory back to the system."""
    memory.thaw()
    memory.trim(pause=0.0)


def _kilobytes(path: Path, name: str) -> int | None:
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return None


def _container() -> int | None:
    """What the limit of a container leaves (cgroup 2)."""
    try:
        limit = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used = int((_CGROUP / "memory.current").read_text(encoding="ascii"))
        stat = (_CGROUP / "memory.stat").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return None
    if limit == "max":
        return None
    # Cached files count as used but are given up when memory is wanted.
    cached = sum(int(line.split()[1]) for line in stat if line.startswith("inactive_file "))
    return max(0, int(limit) - used + cached)
