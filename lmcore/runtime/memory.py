"""Memory: what stays is not looked at again and again, and what is free goes back to the system.

Streamlit lets Python's collector of garbage look at every object after every run of a page, which
took four fifths of the processor under a class of thirty: a process with the readers holds half a
million objects that stay. So it is told not to (``runner.postScriptGC``); here the readers are put
aside when they have been loaded (:func:`freeze`), and the rest is looked at now and then.

Reading a sentence and learning from a batch take tens of megabytes for a moment, from whatever
thread a visitor has. Left alone, the library keeps all of it, in a reserve for each thread: after
one visitor had trained all three readers the server held 1.21 GB without this and 0.98 with it. (On
systems without GNU's C library nothing is given back.) And oneDNN keeps the machine code that it
wrote for each shape, a thousand times by default: ELMo's convolutions met a new shape with every
new number of words, and 240 sentences took 44 MB, where they take 22 with a few kept, as fast.
"""

import contextlib
import ctypes
import gc
import math
import os
import sys
import threading
import time
from functools import cache
from typing import Any

#: Seconds between two cleanings: each takes some milliseconds.
PAUSE = 0.5
#: Share of the time that the search for garbage may take, and the one that looks at what was kept
#: too: what visitors had when it was kept is garbage when they have left.
SEARCH, WHOLE = 0.05, 0.01
#: Number of the setting in ``malloc.h``, and how many reserves threads share.
_M_ARENA_MAX, ARENAS = -8, 2
#: Variable that oneDNN reads when it is first used, and of how many shapes it keeps the code.
_CODE_KEPT, SHAPES = "ONEDNN_PRIMITIVE_CACHE_CAPACITY", 16

_lock = threading.Lock()
_last = 0.0
#: When the next search may begin, of either kind.
_next = {SEARCH: 0.0, WHOLE: 0.0}
#: Without these, glibc maps and unmaps large tensors at every step and half of the time goes to the
#: kernel; they must stand in the environment before the process starts.
ALLOCATOR = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "100000000000",
    "MALLOC_TOP_PAD_": "500000000",
}


def freeze() -> None:
    """Let the collector of garbage pass over all that there is now; call it after loading.

    Such an object is still freed when nothing refers to it any more, unless it stands in a cycle:
    so cycles are searched for first.
    """
    gc.collect()
    gc.freeze()


def thaw() -> None:
    """Search for garbage everywhere; call it when something large is given up."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def collect() -> bool:
    """Search for garbage in cycles, now and then among what is kept too.

    Returns:
        whether it was done; it is not where the last search took too much of the time since.
    """
    begun = time.monotonic()
    with _lock:
        due = [share for share, when in _next.items() if begun >= when]
        _next.update(dict.fromkeys(due, math.inf))  # nobody else begins meanwhile
    if not due:
        return False
    if WHOLE in due:
        thaw()
    else:
        gc.collect()
    ended = time.monotonic()
    with _lock:
        _next.update({share: ended + (ended - begun) / share for share in due})
    return True


@cache
def _library() -> Any:
    """The C library, where it is the one that can do this."""
    if not sys.platform.startswith("linux"):
        return None
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        if library.malloc_trim and library.mallopt:
            return library
    return None


@cache
def limit_arenas() -> None:
    """Let all threads share a few reserves; call it before they are many, and any model is read.

    An operator's own setting of oneDNN's variable is left alone.
    """
    os.environ.setdefault(_CODE_KEPT, str(SHAPES))
    library = _library()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, ARENAS)


def trim(pause: float = PAUSE) -> bool:
    """Give free memory back to the system, if not done so many seconds ago; whether it was."""
    global _last
    library = _library()
    with _lock:
        now = time.monotonic()
        if library is None or now - _last < pause:
            return False
        _last = now
    library.malloc_trim(0)
    return True
