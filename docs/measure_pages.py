"""Measure the running app in a real browser; writes one flat JSON object to standard output.

``python docs/measure_pages.py``; ``python -m lmcore bench`` starts it too. It needs the packages of
``requirements-dev.txt`` and chromium. A number that cannot be had is ``null``, with the reason
under ``pages_reason``. To measure more, add a function to ``ON_SERVER`` or ``IN_BROWSER`` and its
keys to ``lmcore.evaluation.speed.PAGE_KEYS``.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docs.browser import WINDOW, Server, Visit, address, app_and_browser, chromium  # noqa: E402

#: Positions of the sentences whose pages are weighed, special ones included.
TOKENS = (64, 128)
#: How often a time is taken; the median counts.
REPEATS = 5
#: New servers that a page is opened on.
COLD_STARTS = 3
#: With which a sentence begins each time, so that nothing is known of it yet.
FIRST_WORDS = ("The", "A", "My", "Our", "No")
#: A word that every vocabulary cuts into many pieces.
LONG_WORD = "antidisestablishmentarianism"

#: A picture of a page.
PICTURE = ".js-plotly-plot .main-svg"
#: What stands for it on pages that open without one.
INSTEAD = {
    "lessons": "h1",
    "home": ".readers",
    "glossary": "h1",
    "generation": ".st-key-generation-text-bert-2",
}
#: In the browser: whether the first of the elements has been drawn.
SEEN = "wanted => document.querySelector(wanted)?.getBoundingClientRect().height > 10"

#: The script of the page has run.
STILL = '[data-testid="stApp"][data-test-script-state="notRunning"]'
_MAIN = "document.querySelector('[data-testid=stMain]')"
_CONTROLS = "button, input:not([type=hidden]), textarea, select, summary, [role=slider]"
#: In the browser: what is counted of each page.
SHAPES = {
    "page_height_px": f"{_MAIN}.querySelector('[data-testid=stMainBlockContainer]').offsetHeight",
    "page_words": f"({_MAIN}.innerText.match(/[\\p{{L}}\\p{{N}}]+/gu) ?? []).length",
    "page_controls": f"[...{_MAIN}.querySelectorAll('{_CONTROLS}')]"
    ".filter(one => one.getBoundingClientRect().height > 0).length",
}
#: In the browser: notes how long after the next key the page changes, its box left out.
NOTICE = f"""() => {{
  window.changed = 0;
  let pressed = 0;
  addEventListener("keydown", () => {{ pressed = performance.now(); }}, {{ once: true }});
  const seen = new MutationObserver((changes) => {{
    const typed = ({{ target }}) => target.closest?.("[data-testid=stTextInput]");
    if (!pressed || changes.every(typed)) return;
    window.changed = performance.now() - pressed;
    seen.disconnect();
  }});
  seen.observe({_MAIN}, {{ subtree: true, childList: true, characterData: true }});
}}"""

#: In the browser: counts what the server sends, and notes the last stroke of a picture.
WATCH = Path(__file__).with_name("watch.js").read_text(encoding="utf8")


def text_of(tokens: int) -> str:
    """A text that the reader with most pieces cuts into so many positions, or a few less."""
    from lmcore.readers import families, load
    from lmcore.text.examples import UNRELATED
    from lmcore.text.words import MAX_WORDS, split

    readers = [
        load(name) for name, kind in families().items() if "attention" in kind.about.capabilities
    ]
    words = [word.text for word in split(" ".join(UNRELATED)).words]

    def positions(text: str) -> int:
        sentence = split(text)
        around = [
            len(reader.read([split("a")])[0].pieces) - reader.count_pieces(split("a"))
            for reader in readers
        ]
        return max(
            reader.count_pieces(sentence) + special
            for reader, special in zip(readers, around, strict=True)
        )

    best = ""
    for fillers in range(12):
        count = min(tokens, MAX_WORDS - 1) - fillers
        text = " ".join([LONG_WORD] * fillers + words[:count])
        while positions(text) > tokens:
            text = text.rpartition(" ")[0]
        if positions(text) > (positions(best) if best else 0):
            best = text
        if positions(best) == tokens:
            break
    return best


def attention(visit: Any, url: str) -> dict[str, Any]:
    """Bytes that the Attention page sends for long sentences, and how fast its pictures stand.

    The units are pieces and special positions are shown, so that there are as many as tokens. The
    bytes are those of the whole page: opened anew, or as the answer to a new sentence, whichever is
    more. Drawing is all that the browser does from the answer to the last stroke of the last
    picture, at the smallest length.
    """
    values: dict[str, Any] = {}
    for tokens in TOKENS:
        text = text_of(tokens - 1)
        visit.open(f"{url}/attention?no_special=false&s={quote(text)}")
        visit.tab.wait_for_timeout(1_000)
        weights, times = [visit.tab.evaluate("() => watched.bytes")], []
        visit.tab.get_by_role("radio", name="Pieces").click()
        visit.settle()
        for word in FIRST_WORDS if tokens == TOKENS[0] else FIRST_WORDS[:1]:
            bytes_sent, ms = new_sentence(visit, f"{word} {text}")
            weights.append(bytes_sent)
            times.append(ms)
        values[f"attention_payload_{tokens}"] = max(weights)
        if tokens == TOKENS[0]:
            values[f"attention_draw_{tokens}_ms"] = round(statistics.median(times), 1)
    visit.check()
    return values


def new_sentence(visit: Any, text: str) -> tuple[int, float]:
    """Bytes of the answer to a new sentence, and milliseconds until its pictures stand."""
    tab = visit.tab
    tab.evaluate("() => { watched.bytes = 0; watched.finished = 0; watched.held = []; }")
    box = tab.locator('[data-testid="stTextInput"] input').first
    box.fill(text)
    box.press("Enter")
    tab.wait_for_function("watched.finished > 0", timeout=180_000)
    tab.evaluate("() => watched.release()")
    tab.wait_for_timeout(2_000)
    visit.settle()
    bytes_sent, ms = tab.evaluate("() => [watched.bytes, watched.stroke - watched.released]")
    return bytes_sent, ms


def head_change() -> dict[str, Any]:
    """Milliseconds that the server needs when another head or layer is asked for."""
    from streamlit.testing.v1 import AppTest  # noqa: TID251 - this measures the pages

    app = AppTest.from_file(str(ROOT / "pages" / "attention.py"), default_timeout=300).run()
    times = []
    for number in range(2 * REPEATS):
        slider = app.slider(key=("gpt_head", "bert_layer")[number % 2])
        wanted = slider.min + 1 + (number // 2 + int(slider.value)) % int(slider.max - slider.min)
        start = time.perf_counter()
        slider.set_value(wanted).run()
        times.append(1e3 * (time.perf_counter() - start))
    return {"head_change_ms": round(statistics.median(times), 1)}


def first_view(visit: Any, _: str) -> dict[str, Any]:
    """Seconds until a page stands on a server that has just started: the slowest of the pages.

    A page stands when its first picture does, or what :data:`INSTEAD` names. Each
    page is opened on several new servers, in a browser that knows nothing of it; the median counts.
    """
    from pages.ui.navigation import PAGES

    times = []
    for page in PAGES:
        wanted = INSTEAD.get(page, PICTURE)
        seconds = [_cold(visit, page, wanted) for _ in range(COLD_STARTS)]
        times.append(statistics.median(seconds))
        sys.stderr.write(f"{page} stands after {times[-1]:.2f} s\n")
    return {"first_view_s": round(max(times), 2)}


def dashboard(visit: Any, url: str) -> dict[str, Any]:
    """Seconds from Enter to the first row and to all five rows of the first page, for 14 words."""
    visit.open(url)
    box, first, every = visit.tab.locator('[data-testid="stTextInput"] input').first, [], []
    for name in ("Anna", "Peter", "Maria", "Thomas", "Julia"):
        box.fill(f"{name} sat on the bank of the river and counted the slow boats.")
        start = time.perf_counter()
        box.press("Enter")
        wanted = "name => document.querySelector('.readers')?.innerText.includes(name)"
        visit.tab.wait_for_function(wanted, arg=name, timeout=60_000)
        first.append(time.perf_counter() - start)
        visit.tab.locator(STILL).wait_for(timeout=180_000)
        every.append(time.perf_counter() - start)
    return {
        "dashboard_first_row_s": round(statistics.median(first), 2),
        "dashboard_s": round(statistics.median(every), 2),
    }


def shapes(visit: Any, url: str) -> dict[str, Any]:
    """How tall each page opens, with how many words and controls in view, side bar left out."""
    from pages.ui.navigation import PAGES

    values: dict[str, dict[str, int]] = {key: {} for key in SHAPES}
    for page in PAGES:
        visit.open(address(url, page))
        visit.tab.wait_for_timeout(1_000)
        for key, script in SHAPES.items():
            values[key][page] = visit.tab.evaluate(script)
    return values


def first_changes(visit: Any, url: str) -> dict[str, Any]:
    """Milliseconds from Enter to the first change of the page, for pages with the sentence box."""
    from pages.ui.navigation import PAGES

    values = {}
    for page, about in PAGES.items():
        if "s" not in about.address:
            continue
        visit.open(address(url, page))
        times = []
        for word in FIRST_WORDS:
            box = visit.tab.locator('[data-testid="stTextInput"] input').first
            box.fill(f"{word} heron stood in the water.")
            visit.tab.evaluate(NOTICE)
            box.press("Enter")
            visit.tab.wait_for_function("window.changed", timeout=60_000)
            times.append(visit.tab.evaluate("window.changed"))
            visit.settle()
        values[page] = round(statistics.median(times))
    return {"first_change_ms": values}


def _cold(visit: Any, page: str, wanted: str) -> float:
    """Seconds until ``wanted`` is seen on a page of a server that has just started."""
    context = visit.tab.context.browser.new_context(viewport=WINDOW)
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "log") as server:
        tab = context.new_page()
        start = time.perf_counter()
        tab.goto(address(server.url, page), wait_until="commit")
        tab.wait_for_function(SEEN, arg=wanted, timeout=120_000)  # asks at every frame
        seconds = time.perf_counter() - start
        context.close()
    return seconds


#: What is measured in the browser: each gets a fresh tab and the address of the app.
IN_BROWSER: tuple[Callable[[Any, str], dict[str, Any]], ...] = (
    attention,
    first_view,
    dashboard,
    shapes,
    first_changes,
)
#: What is measured without one.
ON_SERVER: tuple[Callable[[], dict[str, Any]], ...] = (head_change,)


def measure() -> dict[str, Any]:
    """Everything that can be measured here; what is left out is said under ``pages_reason``."""
    values: dict[str, Any] = {}
    try:
        for on_server in ON_SERVER:
            values |= on_server()
        import playwright.sync_api  # noqa: F401 - whether it is there
    except ImportError as error:
        return values | {"pages_reason": f"{error.name} is not installed"}
    if chromium() is None:
        return values | {"pages_reason": "there is no chromium"}
    with app_and_browser() as (server, browser):
        for in_browser in IN_BROWSER:
            context = browser.new_context(viewport=WINDOW)
            context.add_init_script(WATCH)
            values |= in_browser(Visit(context), server.url)
            context.close()
    return values


def main() -> None:
    """Measure and write."""
    sys.stdout.write(json.dumps(measure()) + "\n")


if __name__ == "__main__":
    main()
