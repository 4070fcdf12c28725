"""For everybody: text for every picture, contrast, the keyboard alone, a telephone, a projector."""

import json
import re
import tomllib
from typing import Any

import numpy as np
import pytest
from plotly.colors import sample_colorscale, unlabel_rgb
from streamlit.testing.v1 import AppTest

from docs.browser import Visit
from lmcore.charts import generation, sentence_score, theme
from lmcore.export.palette import PALETTES
from pages.sections.attention import columns
from pages.sections.home import tokenization
from pages.sections.sentence_score import strip
from pages.ui import save_menu, waiting
from pages.ui.navigation import PAGES
from tests.conftest import ROOT
from tests.ui.app_page import open_page

#: Grounds and text of Streamlit's light and dark page, and of the bars beside them.
GROUNDS = {"light": ("#FFFFFF", "#F8F8F7"), "dark": ("#171614", "#21201D")}
SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf8"))
INK = {"light": SETTINGS["theme"]["light"]["textColor"].upper(), "dark": "#EDEBE8"}
#: Opacity with which Streamlit draws captions.
CAPTION = 0.6
#: Contrast that WCAG 2.2 (AA) asks for: of text, and of what is no text.
TEXT, MARK = 4.5, 3.0


def ratio(one: str, other: str) -> float:
    return theme.contrast(one, other)


def parsed(colour: str) -> tuple[int, ...]:
    """Red, green and blue of ``#RRGGBB``."""
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def over(colour: str, ground: str, alpha: float) -> str:
    """A colour with transparency as it is seen on a ground."""
    pairs = zip(parsed(colour), parsed(ground), strict=True)
    return "#" + "".join(f"{round(alpha * c + (1 - alpha) * g):02X}" for c, g in pairs)


# --- contrast --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", GROUNDS)
def test_every_colour_of_a_mark_stands_out(page: str):
    ground = GROUNDS[page][0]
    for colour in [*theme.FAMILY_COLOURS.values(), *theme.GROUP_COLOURS]:
        assert ratio(colour, ground) >= MARK, (colour, page)


def test_marks_of_a_saved_picture_stand_out():
    for name in ("light", "dark"):
        palette = PALETTES[name]
        for colour in [*theme.FAMILY_COLOURS.values(), *theme.GROUP_COLOURS]:
            assert ratio(colour, palette.ground) >= MARK


@pytest.mark.parametrize("name", PALETTES)
def test_text_of_a_saved_picture_can_be_read(name: str):
    palette = PALETTES[name]
    assert ratio(palette.ink, palette.ground) >= TEXT
    assert ratio(palette.muted, palette.ground) >= TEXT


def test_text_on_coloured_ground_can_be_read():
    cells = [*generation.band_colours()]
    cells += [sentence_score.cell(nats, 14.0) for nats in np.linspace(0, 14, 60)]
    for ground, ink in cells:
        assert ratio(ground, ink) >= TEXT, (ground, ink)
    found = re.search(r"background:(#\w+);color:(#\w+)", waiting._NOTICE)
    assert found is not None
    assert ratio(found[1], found[2]) >= TEXT


@pytest.mark.parametrize("page", GROUNDS)
def test_the_colour_of_links_and_buttons_can_be_read(page: str):
    colour = SETTINGS["theme"][page]["primaryColor"].upper()
    for ground in GROUNDS[page]:
        assert ratio(colour, ground) >= TEXT
        assert ratio(over(INK[page], ground, CAPTION), ground) >= TEXT


def sources() -> dict[str, str]:
    ends = (".py", ".css", ".js")
    paths = [path for path in (ROOT / "pages").rglob("*") if path.suffix in ends]
    return {path.name: path.read_text(encoding="utf8") for path in paths}


def test_faint_text_can_still_be_read():
    """Text that is drawn with less than full opacity, wherever a page makes HTML of its own."""
    found = []
    for name, source in sources().items():
        for value in re.findall(r"opacity: ?(0?\.\d+)", source):
            alpha = float(value)
            if (name, alpha) == ("text_pieces.css", 0.22):
                continue  # the bar behind an alternative; see below
            found.append(name)
            for page, grounds in GROUNDS.items():
                for ground in grounds:
                    assert ratio(over(INK[page], ground, alpha), ground) >= TEXT, (name, alpha)
    assert {"tokenization.py", "attention_grid.css", "task.py"} <= set(found)
    assert tokenization._STYLE.count("opacity") == 2


@pytest.mark.parametrize("scale", [theme.SEQUENTIAL, theme.DIVERGING])
def test_text_in_the_cells_of_a_heat_map_can_be_read(scale: str):
    """Black where Plotly takes a colour for light, otherwise white with the edge of the style."""
    edge = re.search(
        r"stroke: rgba\(0, 0, 0, (0\.\d+)\)", (ROOT / "pages/ui/style.css").read_text("utf8")
    )
    assert edge is not None
    for share in np.linspace(0, 1, 200):
        red, green, blue = unlabel_rgb(sample_colorscale(scale, [share])[0])
        colour = "#" + "".join(f"{round(part):02X}" for part in (red, green, blue))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 128  # as tinycolor's isDark
        ink, ground = "#FFFFFF", over("#000000", colour, float(edge[1]))
        if not dark:
            ink, ground = "#000000", colour
        assert ratio(ink, ground) >= TEXT, (share, colour)


def test_text_on_the_bar_of_an_alternative_can_be_read():
    for page, grounds in GROUNDS.items():
        primary = SETTINGS["theme"][page]["primaryColor"].upper()
        for ground in grounds:
            assert ratio(INK[page], over(primary, ground, 0.22)) >= TEXT


# --- text for pictures -----------------------------------------------------------------------

#: Every page, and the ways in which it draws other pictures.
VIEWS: list[tuple[str, dict[str, str]]] = [
    *((page, {}) for page in PAGES),
    ("attention", {"a_look": "lines"}),
    ("attention", {"a_quantity": "norms"}),
    ("attention", {"a_quantity": "rollout"}),
    ("attention", {"a_quantity": "pair", "a_look": "lines"}),
    ("masked_word", {"s": "A ___ and a ___ here.", "mr": "true"}),
    ("sentence_score", {"s2": "A cat sat down."}),
]


def view(page: str, address: dict[str, str], lang: str = "English") -> AppTest:
    at = open_page(page, lang, address=address)
    assert not at.exception
    return at


def told(at: AppTest) -> list[str]:
    """What a screen reader says of each picture, whoever draws it."""
    said = [chart.proto.alt for chart in at.get("plotly_chart")]
    said += [json.loads(one.proto.json)["title"] for one in at.get("bidi_component")]
    for one in at.get("html"):
        body = one.proto.body
        if any(sign in body for sign in ("<table", "<svg", "<img", 'role="group"')):
            found = re.search(r'(?:aria-label|alt)="([^"]+)"', body)
            said.append(found[1] if found else "")
    return said


@pytest.mark.parametrize(("page", "address"), VIEWS)
def test_every_picture_has_a_text(page: str, address: dict[str, str]):
    at = view(page, address)
    said = told(at)
    drawn = page not in ("finetuning", "glossary")
    assert bool(said) or not drawn
    for text in said:
        assert len(text.strip()) > 10, said
    # Two pictures of a page are told apart by what is said of them.
    charts = [chart.proto.alt for chart in at.get("plotly_chart")]
    assert len(set(charts)) == len(charts), charts


@pytest.mark.parametrize(("page", "address"), VIEWS[::3])
def test_the_text_is_in_the_language_of_the_interface(page: str, address: dict[str, str]):
    for text in told(view(page, address, "中文")):
        assert re.search(r"[\u4e00-\u9fff]", text), text


def test_pictures_that_the_browser_draws_can_be_saved(monkeypatch: pytest.MonkeyPatch):
    menus: dict[str, save_menu.SavedPicture] = {}
    for module in (columns, strip):
        monkeypatch.setattr(module, "save", lambda picture: menus.update({picture.key: picture}))
    view("attention", {"a_look": "lines"})
    view("sentence_score", {})
    wanted = {f"{kind}:{family}" for kind in ("lines:map", "glance") for family in ("gpt", "bert")}
    assert wanted | {"lines:map:elmo", "surprisal-strip"} <= set(menus)
    for key in (*wanted, "surprisal-strip"):
        assert menus[key].numbers is not None
        assert len(save_menu.csv(menus[key].numbers).splitlines()) > 3
        assert len(menus[key].alt) > 10
    # The numbers, not the places of strokes on paper.
    assert b"bank" in save_menu.csv(menus["lines:map:gpt"].numbers)


# --- widths and the keyboard -----------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize("width", [360, 2560])
def test_no_page_scrolls_sideways(app_url: str, browser: Any, width: int):
    context = browser.new_context(viewport={"width": width, "height": 1200})
    guest = Visit(context, "experts")
    wide = {}
    for page in PAGES:
        guest.open(f"{app_url}/{'' if page == 'home' else page}")
        guest.tab.wait_for_timeout(1_500)
        guest.settle()
        over_by = guest.tab.evaluate(SIDEWAYS)
        if over_by:
            wide[page] = over_by
        guest.check()
    context.close()
    assert not wide


#: What makes the page, or its main part, wider than the window; nothing where all is well.
SIDEWAYS = """() => {
  const found = [], root = document.documentElement;
  if (root.scrollWidth > window.innerWidth) found.push('page ' + root.scrollWidth);
  const main = document.querySelector('[data-testid="stMain"]');
  if (main.scrollWidth > main.clientWidth + 1) found.push('main ' + main.scrollWidth);
  if (!found.length) return found;
  for (const e of main.querySelectorAll('*'))
    if (e.getBoundingClientRect().right > window.innerWidth + 1 && !e.children.length)
      found.push(e.tagName + '.' + e.className + ' ' + e.getBoundingClientRect().right);
  return found.slice(0, 8);
}"""

#: The focused element, also inside a component: what it is, what it is called, whether it shows.
FOCUS = """() => {
  let e = document.activeElement;
  while (e && e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
  const style = getComputedStyle(e);
  return {
    tag: e.tagName, name: (e.getAttribute('aria-label') || e.textContent).slice(0, 200),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inside: e.getRootNode().host ? true : !!e.closest('[data-testid="stBidiComponent"]'),
    kind: e.className,
  };
}"""


def tab_to(visit: Visit, wanted: str, most: int = 250) -> dict[str, Any]:
    """Press Tab until something of a class, or whose name begins so, has the focus."""
    for _ in range(most):
        visit.tab.keyboard.press("Tab")
        focus: dict[str, Any] = visit.tab.evaluate(FOCUS)
        if wanted in focus["kind"].split() or focus["name"].startswith(wanted):
            return focus
    pytest.fail(f"Tab never reaches {wanted!r}")


@pytest.mark.browser
@pytest.mark.thorough
def test_the_link_button_by_keyboard(app_url: str, visit: Visit):
    visit.open(f"{app_url}/history")
    focus = tab_to(visit, "Copy link")
    assert focus["ring"]
    visit.tab.keyboard.press("Enter")
    button = visit.tab.get_by_role("button", name="Copy link to this view")
    visit.tab.wait_for_timeout(500)
    assert button.get_attribute("data-link") == visit.tab.url
    visit.check()


@pytest.mark.browser
@pytest.mark.thorough
def test_heads_and_lines_by_keyboard(app_url: str, visit: Visit):
    visit.open(f"{app_url}/attention?a_look=lines&s=The%20cat%20sat.")
    visit.tab.locator(".small button").first.wait_for(timeout=120_000)
    visit.settle()
    first = visit.tab.locator(".lines .from span").first
    first.scroll_into_view_if_needed()
    visit.tab.locator("h2, h3").first.click()
    focus = None
    for _ in range(250):
        visit.tab.keyboard.press("Tab")
        focus = visit.tab.evaluate(FOCUS)
        if focus["tag"] == "SPAN":
            break
    assert focus is not None
    assert focus["tag"] == "SPAN"
    assert focus["ring"]
    visit.tab.keyboard.press("Enter")  # pins its lines
    assert visit.tab.locator(".lines span[aria-pressed=true]").count() == 1
    visit.tab.keyboard.press("Tab")
    assert visit.tab.locator(".lines span[aria-pressed=true]").count() == 1
    for _ in range(60):
        visit.tab.keyboard.press("Tab")
        focus = visit.tab.evaluate(FOCUS)
        if focus["tag"] == "BUTTON" and "layer" in focus["name"].lower():
            break
    assert "layer" in focus["name"].lower()
    assert focus["ring"]
    visit.tab.keyboard.press("Space")
    visit.settle()
    assert "_head=" in visit.tab.url or "_layer=" in visit.tab.url
    visit.check()


@pytest.mark.browser
@pytest.mark.thorough
def test_pieces_by_keyboard(app_url: str, visit: Visit):
    visit.open(f"{app_url}/generation?gn=3&s=The%20cat%20sat%20on&gw=4")
    visit.tab.get_by_text("Who finds whose words").first.wait_for(timeout=120_000)
    visit.settle()
    focus = tab_to(visit, "piece")
    assert focus["ring"]
    visit.tab.keyboard.press("ArrowRight")
    assert visit.tab.evaluate(FOCUS)["kind"].startswith("piece")
    visit.tab.keyboard.press("Enter")  # opens its alternatives and goes to the first
    visit.tab.wait_for_timeout(200)
    focus = visit.tab.evaluate(FOCUS)
    assert focus["tag"] == "BUTTON"
    assert focus["ring"]
    visit.tab.keyboard.press("Enter")
    visit.settle()
    visit.tab.wait_for_timeout(1_000)
    visit.settle()
    assert "gc=" in visit.tab.url
    visit.check()


@pytest.mark.browser
@pytest.mark.thorough
def test_blanks_by_keyboard(app_url: str, visit: Visit):
    visit.open(f"{app_url}/masked_word")
    visit.settle()
    words = visit.tab.locator(".st-key-cloze button")
    words.first.wait_for(timeout=120_000)
    before = visit.tab.url
    words.nth(0).focus()
    visit.tab.keyboard.press("Space")
    visit.tab.wait_for_timeout(1_000)
    visit.settle()
    assert visit.tab.url != before
    assert "b=" in visit.tab.url
    visit.check()


#: Colours of the texts of all pictures, those on a coloured ground apart and with their edge; one
#: text of each.
TEXTS_OF_PICTURES = """() => {
  const plain = {}, inside = {};
  for (const e of document.querySelectorAll('.js-plotly-plot text')) {
    if (!e.textContent.trim()) continue;
    const style = getComputedStyle(e);
    if (!e.closest('.heatmap-label') && !e.classList.contains('bartext-inside'))
      plain[style.fill] = e.textContent;
    else inside[style.fill + ' ' + style.stroke + ' ' + style.paintOrder] = e.textContent;
  }
  return {plain, inside};
}"""


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize("scheme", GROUNDS)
def test_text_in_pictures_can_be_read(app_url: str, browser: Any, scheme: str):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 6_000})
    guest = Visit(context, "experts")
    plain: dict[str, str] = {}
    inside: dict[str, str] = {}
    for page in PAGES:
        guest.open(f"{app_url}/{'' if page == 'home' else page}")
        guest.tab.wait_for_timeout(3_000)  # Plotly draws after the script has ended
        found = guest.tab.evaluate(TEXTS_OF_PICTURES)
        plain |= found["plain"]
        inside |= found["inside"]
        guest.check()
    context.close()
    assert plain
    for colour, text in plain.items():
        shown = "#" + "".join(f"{int(part):02X}" for part in re.findall(r"\d+", colour)[:3])
        assert ratio(shown, GROUNDS[scheme][0]) >= TEXT, (colour, text)
    black, white = "rgb(0, 0, 0) none normal", "rgb(255, 255, 255) rgba(0, 0, 0, 0.5) stroke"
    assert set(inside) == {black, white}, inside


@pytest.mark.browser
@pytest.mark.thorough
@pytest.mark.parametrize("scheme", GROUNDS)
def test_the_grounds_and_inks_are_those_of_the_page(app_url: str, browser: Any, scheme: str):
    """The colours that the tests of contrast reckon with."""
    context = browser.new_context(color_scheme=scheme)
    guest = Visit(context, "experts")
    guest.open(f"{app_url}/history")
    found = guest.tab.evaluate("""() => {
      const at = (id) => getComputedStyle(document.querySelector(`[data-testid="${id}"]`));
      return [at("stApp").backgroundColor, at("stSidebar").backgroundColor,
              at("stApp").color, at("stCaptionContainer").opacity];
    }""")
    tick = guest.tab.locator(".js-plotly-plot .xtick text").first
    tick.wait_for(timeout=60_000)
    written = tick.evaluate("own => getComputedStyle(own).fill")
    context.close()
    assert written == found[2], "text on an axis has the colour of the page's text"
    grounds = [f"rgb{parsed(g)}" for g in GROUNDS[scheme]]
    ink = f"rgb{parsed(INK[scheme])}"
    assert found == [*grounds, ink, str(CAPTION)]
