"""How pages look in a real browser: on a telephone, in the dark, in Chinese, by keyboard."""

from typing import Any

import pytest

from docs.browser import Visit
from lmcore.charts.theme import contrast

pytestmark = pytest.mark.browser

#: What stands wrong in pictures and rows of choices: names of ticks and titles that touch or leave
#: their picture, turned Chinese characters, tool bars, choices beyond their column or the screen.
WRONG = r"""() => {
  const wrong = [];
  const boxes = (chart, selector) => [...chart.querySelectorAll(selector)]
    .filter(e => e.textContent.trim())
    .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0);
  for (const chart of document.querySelectorAll('[data-testid=stPlotlyChart]')) {
    const frame = chart.querySelector('svg.main-svg')?.getBoundingClientRect();
    if (!frame) continue;
    const titles = boxes(chart, '.xtitle, .ytitle, .x2title, .y2title, .annotation-text');
    const ticks = boxes(chart, '.xtick text, .ytick text, .x2tick text, .cbaxis text');
    for (const [text, box] of [...titles, ...ticks])
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
        wrong.push('outside: ' + text);
    for (const [text, box] of titles)
      for (const [other, near] of ticks)
        if (box.left < near.right - 1 && near.left < box.right - 1 &&
            box.top < near.bottom - 2 && near.top < box.bottom - 2)
          wrong.push('touching: ' + text + ' / ' + other);
    for (const text of chart.querySelectorAll('text'))
      if (/rotate\(-?[1-9]/.test(text.getAttribute('transform')) &&
          /\p{Script=Han}/u.test(text.textContent))
        wrong.push('turned: ' + text.textContent);
    if (chart.querySelectorAll('.modebar-btn, a[data-title], [tabindex="0"]').length > 1)
      wrong.push('stops in the way of the keyboard');
  }
  const choices = '[data-testid=stMain] [data-testid=stButtonGroup] button';
  for (const button of document.querySelectorAll(choices)) {
    const column = button.closest('[data-testid=stColumn], [data-testid=stMain]');
    if (button.getBoundingClientRect().right > column.getBoundingClientRect().right + 1)
      wrong.push('beyond its column: ' + button.textContent);
  }
  return [...new Set(wrong)];
}"""


@pytest.mark.parametrize(
    ("address", "width"),
    [
        ("attention?lang=zh", 360),
        ("attention?lang=zh&s=银行在河边。", 1280),
        ("attention?lang=en", 1280),
        ("polysemy?lang=zh", 1280),
        ("sentence_score?lang=zh", 360),
    ],
)
def test_nothing_touches_is_turned_or_leaves_its_place(
    app_url: str, browser: Any, address: str, width: int
):
    context = browser.new_context(viewport={"width": width, "height": 4000})
    visit = Visit(context)
    visit.open(f"{app_url}/{address}")
    visit.tab.locator('[data-testid="stPlotlyChart"] svg.main-svg').first.wait_for(timeout=90_000)
    visit.tab.wait_for_timeout(1_000)  # the others are drawn with the first
    assert visit.tab.evaluate(WRONG) == []
    context.close()


def test_a_browser_tab_is_called_like_its_page(app_url: str, visit: Visit):
    for address, title in (
        ("", "Three Readers"),
        ("attention", "Attention · Three Readers"),
        ("layers?lang=zh", "逐层特征 · 三个读者"),
    ):
        visit.open(f"{app_url}/{address}")
        assert visit.tab.title() == title


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_main_buttons_can_be_read_in_both_themes(app_url: str, browser: Any, theme: str):
    context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900})
    visit = Visit(context)
    visit.open(f"{app_url}/polysemy")
    button = visit.tab.locator('[data-testid^="stBaseButton-primary"]').first
    look = """e => [getComputedStyle(e.querySelector('p') || e).color,
      getComputedStyle(e).backgroundColor]"""
    for _ in range(20):  # colours change slowly while a theme is put on
        ink, ground = (
            "#" + "".join(f"{int(n):02x}" for n in colour[4:-1].split(","))
            for colour in button.evaluate(look)
        )
        if contrast(ink, ground) >= 4.5:
            break
        visit.tab.wait_for_timeout(250)
    assert contrast(ink, ground) >= 4.5, (ink, ground)
    context.close()
