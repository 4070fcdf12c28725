"""What reading costs: time and memory of each reader, against its bare network.

Each reader is measured in a process of its own, so that its memory is its own and importing and
loading are counted from nothing. Times are medians; a reading and the bare forward pass take turns,
so that a busy machine slows both. Memory is the highest resident size of the process (with Python,
PyTorch and the weights) while it reads; where the system cannot forget earlier peaks (all but
Linux) that of loading may be in it.
"""

import contextlib
import json as json_format
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lmcore.readers.base import Reader
from lmcore.runtime.memory import ALLOCATOR

#: Lengths in words; a reader that cannot hold the longest reads as many as it can.
LENGTHS = (1, 16, 128)
#: A pair of measurements is repeated at least so often, and then for so many seconds.
REPEATS, SECONDS = 7, 1.5
#: What ``docs/measure_pages.py`` measures.
PAGE_KEYS = (
    "attention_payload_64",
    "attention_payload_128",
    "attention_draw_64_ms",
    "head_change_ms",
    "first_view_s",
    "dashboard_first_row_s",
    "dashboard_s",
    "first_change_ms",
    "page_height_px",
    "page_words",
    "page_controls",
)
GENERATED = 48
PROMPT = "The old man walked down to the river and"


def bench(json: bool = False, root: Path | None = None) -> int:
    """Measure every reader and write a table, or one flat JSON object, to standard output.

    Returns 0, or 1 where a reader of the checkpoints in ``root`` could not be measured.
    """
    from lmcore.readers import families
    from lmcore.runtime.checkpoints import PROJECT

    values: dict[str, Any] = {}
    failed = False
    for family in families():
        sys.stderr.write(f"measuring {family}\n")
        place = [str(root.resolve())] if root else []
        done = subprocess.run(
            [sys.executable, "-m", "lmcore.evaluation.speed", family, *place],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            cwd=PROJECT,
            env=os.environ
            | ALLOCATOR,  # else a bare pass is slowed by page faults: a flattering ratio
        )
        if done.returncode != 0:
            failed = True
            continue
        row = json_format.loads(done.stdout)
        shared = {key: row.pop(key) for key in ("import_s", "device", "threads")}
        values = shared | values | {f"{family}_{key}": value for key, value in row.items()}
    values |= ratio_of_all(values) | pages()
    if json:
        sys.stdout.write(json_format.dumps(values) + "\n")
    else:
        width = max(map(len, values), default=0)
        sys.stdout.writelines(f"{key:{width}}  {value}\n" for key, value in values.items())
    return int(failed)


def ratio_of_all(values: dict[str, Any]) -> dict[str, float]:
    """``reading_ratio``: a sentence read by all readers against all their bare networks.

    The least favourable of :data:`LENGTHS`; nothing where no reader with a network was measured.
    """
    ratios = []
    for length in LENGTHS:
        bare = {key: ms for key, ms in values.items() if key.endswith(f"_bare_ms_{length}")}
        read = [values[key.replace("_bare_ms_", "_read_ms_")] for key in bare]
        if bare:
            ratios.append(sum(read) / sum(bare.values()))
    return {"reading_ratio": round(max(ratios), 3)} if ratios else {}


def pages() -> dict[str, Any]:
    """What the pages cost, measured on the running app by a script in ``docs``.

    What needs a package that is not installed here is ``None``, with ``pages_reason``.
    """
    from lmcore.runtime.checkpoints import PROJECT

    script = PROJECT / "docs" / "measure_pages.py"
    if not script.is_file():
        return dict.fromkeys(PAGE_KEYS) | {"pages_reason": "docs/measure_pages.py is missing"}
    sys.stderr.write("measuring the pages\n")
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or f"exit {done.returncode}").splitlines()[-1]
        return dict.fromkeys(PAGE_KEYS) | {"pages_reason": last}
    return dict.fromkeys(PAGE_KEYS) | json_format.loads(done.stdout)


def measure(family: str, root: Path | None = None) -> dict[str, Any]:
    """Measure one reader in this process.

    Returns:
        ``import_s``, ``load_s``; for each length ``words_N`` (read indeed), ``read_ms_N``,
        ``bare_ms_N``, ``reading_ratio_N`` (reading over bare), ``peak_mb_N``; ``tokens_per_s`` of
        generation, and ``tokens_per_s_without_cache`` where keys and values are kept. What a reader
        cannot do is left out.
    """
    start = time.perf_counter()
    import torch

    from lmcore.readers import families, load

    families()  # imports the file of each family, and with it transformers
    values: dict[str, Any] = {"import_s": round(time.perf_counter() - start, 3)}
    start = time.perf_counter()
    reader = load(family, root)
    values |= {
        "load_s": round(time.perf_counter() - start, 3),
        "device": str(reader.device),
        "threads": torch.get_num_threads(),
    }
    for length in LENGTHS:
        row = measure_reading(reader, length)
        values |= {f"{name}_{length}": value for name, value in row.items()}
    if reader.can("generate"):
        values["tokens_per_s"] = measure_writing(reader)
        if hasattr(reader, "keeps_keys"):
            reader.keeps_keys = False
            values["tokens_per_s_without_cache"] = measure_writing(reader)
            reader.keeps_keys = True
    return values


def measure_writing(reader: Reader) -> float:
    """Pieces written in a second."""
    from lmcore.outputs.generation import GenerationSettings
    from lmcore.text.words import split

    prompt = split(PROMPT)
    list(reader.generate(prompt, GenerationSettings(length=2)))
    start = time.perf_counter()
    written = len(list(reader.generate(prompt, GenerationSettings(length=GENERATED))))
    return round(written / (time.perf_counter() - start), 1)


def measure_reading(reader: Reader, length: int) -> dict[str, Any]:
    """Time and memory of reading a sentence of so many words (or as many as the reader holds)."""
    import torch

    from lmcore.text.examples import UNRELATED
    from lmcore.text.words import split

    text = split(" ".join(UNRELATED))
    sentence = split(text.text[: text.words[length - 1].end])
    while reader.max_pieces is not None and reader.count_pieces(sentence) > reader.max_pieces:
        sentence = split(text.text[: sentence.words[-2].end])
    calls: list[Callable[[], object]] = [lambda: reader.read([sentence])]
    if reader.context != "none":
        calls.append(reader.forward_pass(sentence))
    forget_peak()
    with torch.inference_mode():
        reading, *bare = turns(*calls)
    values = {"words": len(sentence), "read_ms": round(1e3 * reading, 3), "peak_mb": peak_mb()}
    if bare:
        values["bare_ms"] = round(1e3 * bare[0], 3)
        values["reading_ratio"] = round(reading / bare[0], 3)
    return values


def turns(*calls: Callable[[], object]) -> list[float]:
    """Median seconds of each call, all of them in turn, after two rounds that do not count."""
    times: list[list[float]] = [[] for _ in calls]
    start, rounds = time.perf_counter(), -2
    while rounds < REPEATS or time.perf_counter() - start < SECONDS:
        for call, seconds in zip(calls, times, strict=True):
            before = time.perf_counter()
            call()
            if rounds >= 0:
                seconds.append(time.perf_counter() - before)
        rounds += 1
    return [statistics.median(seconds) for seconds in times]


def forget_peak() -> None:
    """Let the highest resident memory start anew from the present one, where Linux allows it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float | None:
    """Highest resident memory of this process in MB (a million bytes each), or ``None`` where the
    system does not tell.
    """
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) * 1024 / 1e6, 1)
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)


def main() -> int:
    """Measure the reader named on the command line and write JSON (see :func:`bench`)."""
    from lmcore.errors import ReadersError

    try:
        values = measure(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    except ReadersError as error:
        sys.stderr.write(f"lmcore: {error}\n")
        return 1
    sys.stdout.write(json_format.dumps(values) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
