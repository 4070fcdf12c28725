"""Still pictures for the stored first view: they stand before the browser has Plotly.

Plotly's script is several megabytes and draws every picture before the page can be seen. So each
picture of a recording (:mod:`pages.ui.startup.first_view`) is kept as a drawing for a light and one
for a dark page, made by :mod:`lmcore.charts.export` from the same figure; the page puts the live
picture in the same place as soon as it has run.
"""

from __future__ import annotations

import base64
import html
import json
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

#: Stands between the drawing for a light page and the one for a dark page.
_BREAK = "\n<!-- light above, dark below -->\n"


def still(message: ForwardMsg) -> ForwardMsg:
    """A message with drawings in place of a Plotly picture; any other message as it is.

    Raises:
        UnsupportedFigureError: the picture cannot be drawn without a browser.
    """
    if not message.delta.new_element.HasField("plotly_chart"):
        return message
    chart = message.delta.new_element.plotly_chart
    figure = json.loads(chart.spec)
    height = int(figure["layout"].get("height") or 420)
    drawn = [_image(figure, palette, chart.alt, height) for palette in ("light", "dark")]
    copy = ForwardMsg()
    copy.CopyFrom(message)
    copy.delta.new_element.ClearField("plotly_chart")
    copy.delta.new_element.html.body = _BREAK.join(drawn)
    return copy


def dressed(message: ForwardMsg, dark: bool) -> ForwardMsg:
    """A stored message for a light or a dark page."""
    body = message.delta.new_element.html.body
    if _BREAK not in body:
        return message
    copy = ForwardMsg()
    copy.CopyFrom(message)
    copy.delta.new_element.html.body = body.split(_BREAK)[dark]
    return copy


def is_still(message: ForwardMsg) -> bool:
    """Whether a stored message holds the drawings of a picture."""
    return _BREAK in message.delta.new_element.html.body


def _image(figure: dict[str, Any], palette: str, alt: str, height: int) -> str:
    """A drawing as an image that needs no second request."""
    import plotly.io as pio

    from lmcore.charts import export

    text = json.dumps(_numbers(figure))
    data = export.svg(pio.from_json(text, skip_invalid=True), palette, clear=True).data
    return (
        f'<img alt="{html.escape(alt)}" src="data:image/svg+xml;base64,'
        f'{base64.b64encode(data).decode()}" '
        f'style="display:block;width:100%;height:{height}px;object-fit:contain">'
    )


def _numbers(value: Any) -> Any:
    """The same with packed rows of numbers written out, as the figures of the pages hold them."""
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "bdata" not in value:
        return {key: _numbers(item) for key, item in value.items()}
    import numpy as np

    row = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
    shape = [int(size) for size in str(value.get("shape") or row.size).split(",")]
    return row.reshape(shape).tolist()
