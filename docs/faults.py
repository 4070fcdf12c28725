"""Break the running app and see that it says so and recovers; writes one JSON object.

``python docs/faults.py`` (needs ``requirements-dev.txt`` and chromium): a copy of the
app in a temporary folder is served and opened in a browser, while checkpoints are removed and
altered, models do not load, forward passes have no memory, and the disk is full. The faults come
from ``tests/faults/sitecustomize.py``, the limit of memory and the full disk also from the system
itself where it allows that. ``--write`` keeps the result in ``docs/results/``.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docs.broken_app import Bench, fine, fresh, sentence, tells  # noqa: E402
from docs.browser import Server, Visit, browser  # noqa: E402
from lmcore.runtime.checkpoints import CARD, WEIGHTS  # noqa: E402

RESULT = ROOT / "docs" / "results" / "faults.json"
#: Bytes that the system still gives: enough for the threads of a visitor, too few for the work.
HEADROOM = 60_000_000
#: Pages whose every reader computes, in the order in which they are opened.
PAGES = ("home", "attention", "layers", "masked_word", "sentence_score", "polysemy", "generation")


# --- checkpoints ----------------------------------------------------------------------------------


def flip(path: Path) -> None:
    """Alter one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


#: What is done to a folder, and what is to be said of it.
DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "folder removed": (shutil.rmtree, "checkpoint_missing"),
    "weights removed": (lambda folder: (folder / WEIGHTS).unlink(), "checkpoint_missing"),
    "one bit of the weights altered": (lambda folder: flip(folder / WEIGHTS), "checkpoint_altered"),
    "weights cut short": (lambda folder: cut(folder / WEIGHTS), "checkpoint_truncated"),
    "card that is no JSON": (lambda f: (f / CARD).write_text("{"), "checkpoint_unreadable"),
}


def checkpoints(bench: Bench) -> None:
    """Damaged before they are loaded, in both languages, then mended; removed while in use."""
    for number, (name, (damage, code)) in enumerate(DAMAGES.items()):
        family = ("bert", "gpt", "elmo")[number % 3]
        folder, kept = bench.checkpoints / family, bench.folder / "kept"
        shutil.copytree(folder, kept)
        with bench.served() as server:
            damage(folder)
            lang = ("English", "中文")[number % 2]
            row = bench.look(server, lang=lang)
            others = row["pictures"] > 0 and len(row["said"]) == 1
            shutil.rmtree(folder, ignore_errors=True)
            shutil.move(kept, folder)
            again = bench.look(server, lang=lang)
        good = tells(row, code, lang) and others and fine(again)
        bench.note(f"{name} ({family})", good, said=row["said"], others=others, after=again["said"])
    with bench.served() as server:
        before = bench.look(server)
        bench.checkpoints.rename(bench.folder / "away")
        rows = {page: bench.look(server, page, s=fresh()) for page in (*PAGES, "history")}
        (bench.folder / "away").rename(bench.checkpoints)
        again = bench.look(server, "history")
    good = fine(before) and again["tracebacks"] == 0
    good &= all(row["tracebacks"] == 0 for row in rows.values())
    messages = sorted({text for row in rows.values() for text in row["said"]})
    bench.note("all checkpoints removed while in use", good, said=messages)


def loading(bench: Bench) -> None:
    """A model that does not load: for a reason of the disk, and for want of memory."""
    for word, code in (
        ("load-error", "checkpoint_failed"),
        ("load-memory", "checkpoint_no_memory"),
    ):
        with bench.served() as server:
            bench.tell(word)
            row = bench.look(server)
            bench.tell("")
            again = bench.look(server)
        good = row["tracebacks"] == 0 and len(row["said"]) == 4 and fine(again)
        good &= bool(sentence(code).search(" ".join(row["said"])))
        bench.note(f"models do not load ({word})", good, said=row["said"][:1], after=again["said"])


# --- memory ---------------------------------------------------------------------------------------


def memory(bench: Bench) -> None:
    """No memory in a forward pass, on every page; gone again, the same page works."""
    with bench.served() as server:
        for page in PAGES:
            bench.look(server, page)  # what a page needs once is there
            for word in ("memory-torch", "memory-python"):
                text = fresh()
                values = (
                    {"s": text} if page != "polysemy" else {"pw": "bank", "ps": f"{text}\n" * 2}
                )
                bench.tell(word)
                row = bench.look(server, page, **values)
                bench.tell("")
                again = bench.look(server, page, **values)
                # Generation writes only when it is asked to: nothing to say before that.
                refused = tells(row, "out_of_memory") or page == "generation"
                good = refused and row["tracebacks"] == 0 and again["said"] == []
                good &= again["tracebacks"] == 0
                bench.note(f"{word} on {page}", good, said=row["said"], after=again["said"])


def limited(bench: Bench) -> None:
    """The system itself gives no more memory; then it does again."""
    if shutil.which("prlimit") is None:
        bench.note("limit of memory by the system", True, skipped="needs prlimit")
        return
    with bench.served() as server:
        bench.look(server, "attention")
        pid = server.process.pid
        status = Path(f"/proc/{pid}/status").read_text()
        used = int(status.split("VmSize:")[1].split()[0]) * 1024
        limit(pid, str(used + HEADROOM))
        text = " ".join(fresh() for _ in range(9))
        try:
            row = bench.look(server, "attention", s=text, a_quantity="influence")
        except PlaywrightError:  # not even the heading: the server could not begin
            row = {"said": [], "tracebacks": 0}
        limit(pid, "unlimited")
        again = bench.look(server, "attention", s=text, a_quantity="influence")
        alive = server.process.poll() is None
    good = alive and tells(row, "out_of_memory") and fine(again)
    bench.note("limit of memory by the system", good, said=row["said"], after=again["said"])


def limit(pid: int, most: str) -> None:
    """Bound the address space of a process."""
    command = ["prlimit", "--pid", str(pid), f"--as={most}:unlimited"]
    subprocess.run(command, check=True, capture_output=True)


# --- disk -----------------------------------------------------------------------------------------


def disk(bench: Bench) -> None:
    """A disk that takes nothing: every page, and a picture that is saved."""
    with bench.served() as server:
        bench.tell("disk")
        rows = {
            page: bench.look(server, page, s=fresh()) for page in (*PAGES, "lessons", "history")
        }
        saved = save(bench, server)
        bench.tell("")
    writes = Path(f"{bench.switch}.writes")
    tried = sorted(set(writes.read_text().split("\n"))) if writes.exists() else []
    good = all(row["tracebacks"] == 0 and row["said"] == [] for row in rows.values())
    bench.note("every write fails", good and saved, saved=saved, tried=[t for t in tried if t][:20])


def full(bench: Bench) -> None:
    """Home and temporary folder on a small disk that is full."""
    place = bench.folder / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)])
    if mounted.returncode:
        bench.note("home and temporary folder on a full disk", True, skipped="needs mount")
        return
    try:
        for name in ("home", "tmp"):
            (place / name).mkdir()
        fill(place / "rest")
        extra = {"HOME": str(place / "home"), "TMPDIR": str(place / "tmp")}
        with bench.served(**extra) as server:
            rows = {page: bench.look(server, page, s=fresh()) for page in ("home", "attention")}
            saved = save(bench, server)
        good = saved and all(fine(row) for row in rows.values())
        bench.note("home and temporary folder on a full disk", good, saved=saved)
    finally:
        subprocess.run(["umount", str(place)], check=False)


def fill(path: Path) -> None:
    """Write until nothing fits any more."""
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        return


def save(bench: Bench, server: Server) -> bool:
    """Whether a picture can be saved as SVG."""
    context = bench.browser.new_context(accept_downloads=True)
    visit = Visit(context)
    visit.open(server.url)
    visit.tab.get_by_role("button", name="Save").first.click()
    visit.settle()
    menu = visit.tab.locator('[data-testid="stPopoverBody"]')
    with visit.tab.expect_download(timeout=60_000) as coming:
        menu.get_by_role("button", name="SVG", exact=True).click()
    whole = b"</svg>" in coming.value.path().read_bytes()
    context.close()
    return whole


SCENARIOS = (checkpoints, loading, memory, limited, disk, full)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every scenario, print what happened."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    parser.add_argument("--write", action="store_true", help=f"keep the result in {RESULT.name}")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, browser() as running:
        bench = Bench(Path(folder), running)
        for scenario in SCENARIOS:
            if options.only in scenario.__name__:
                scenario(bench)
    bad = [row["fault"] for row in bench.rows if not row["good"]]
    values = {"faults": len(bench.rows), "not_as_wanted": bad, "rows": bench.rows}
    written = json.dumps(values, indent=2, ensure_ascii=False) + "\n"
    sys.stdout.write(written)
    if options.write:
        RESULT.write_text(written, encoding="utf8")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
