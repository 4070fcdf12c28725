"""Breaks a running app when it is told to; for tests only, and never a part of the product.

Python imports a module of this name before anything else where its folder is on ``PYTHONPATH``. The
file that ``FAULTS_FILE`` names holds words; whoever tests writes them while the app runs, and an
empty file takes every fault away:

``memory-python``, ``memory-torch``
    every forward pass raises ``MemoryError``, or what PyTorch raises on a CPU;
``load-memory``, ``load-error``
    weights cannot be loaded;
``disk``
    every file that is opened to be written, and every new folder, raises ``ENOSPC``. What was
    tried is noted in the file ``FAULTS_FILE`` + ``.writes``.
"""

import builtins
import errno
import importlib.abc
import importlib.util
import io
import os
import shutil
import sys
from typing import Any

TORCH = (
    "[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't allocate memory: you"
    " tried to allocate 8000000000 bytes. Error code 12 (Cannot allocate memory)"
)
_FILE = os.environ.get("FAULTS_FILE", "")
_open, _os_open, _mkdir, _usage = builtins.open, os.open, os.mkdir, shutil.disk_usage


def faults() -> set[str]:
    """What is broken at this moment."""
    try:
        with _open(_FILE, encoding="utf8") as file:
            return set(file.read().split())
    except OSError:
        return set()


def fail_in_memory(kind: str) -> None:
    """Raise as a computation without memory does."""
    now = faults()
    if f"{kind}-python" in now:
        raise MemoryError
    if f"{kind}-torch" in now:
        raise RuntimeError(TORCH)


def patch_torch(module: Any) -> None:
    """Forward passes of all networks."""
    call = module.Module.__call__

    def checked(self: Any, *args: Any, **values: Any) -> Any:
        fail_in_memory("memory")
        return call(self, *args, **values)

    module.Module.__call__ = checked


def patch_checkpoints(module: Any) -> None:
    """Loading of weights."""
    load = module.load_weights

    def checked(*args: Any) -> Any:
        now = faults()
        if "load-memory" in now:
            raise MemoryError
        if "load-error" in now:
            raise OSError(errno.EIO, "Input/output error")
        return load(*args)

    module.load_weights = checked


PATCHES = {"torch.nn.modules.module": patch_torch, "lmcore.runtime.checkpoints": patch_checkpoints}


class Finder(importlib.abc.MetaPathFinder):
    """Patches modules as they are imported."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """The usual specification, with a patch behind its execution."""
        patch = PATCHES.pop(name, None)
        if patch is None:
            return None
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.loader is not None
        run = spec.loader.exec_module

        def run_and_patch(module: Any) -> None:
            run(module)
            patch(module)

        spec.loader.exec_module = run_and_patch  # type: ignore[method-assign]
        return spec


def refuse(path: Any) -> None:
    """Note and refuse a file or folder where the disk is full."""
    with _open(f"{_FILE}.writes", "a", encoding="utf8") as notes:
        notes.write(f"{path}\n")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def open_(file: Any, mode: str = "r", *args: Any, **values: Any) -> Any:
    """``open`` of a full disk."""
    if set(mode) & set("wax+") and not isinstance(file, int) and "disk" in faults():
        refuse(file)
    return _open(file, mode, *args, **values)


def os_open(path: Any, flags: int, *args: Any, **values: Any) -> int:
    """``os.open`` of a full disk."""
    writes = flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
    if writes and not str(path).startswith("/dev/") and "disk" in faults():
        refuse(path)
    return _os_open(path, flags, *args, **values)


def mkdir(path: Any, *args: Any, **values: Any) -> None:
    """``os.mkdir`` of a full disk: a folder that is there is told as such."""
    if not os.path.isdir(path) and "disk" in faults():
        refuse(path)
    _mkdir(path, *args, **values)


def usage(path: Any) -> Any:
    """How much is free on a full disk."""
    own = _usage(path)
    return own._replace(free=0) if "disk" in faults() else own


if _FILE:
    sys.meta_path.insert(0, Finder())
    builtins.open = io.open = open_  # type: ignore[assignment]
    os.open, os.mkdir, shutil.disk_usage = os_open, mkdir, usage  # type: ignore[assignment]
