"""Picture of minimal pairs: shares of right ones by phenomenon."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from lmcore.charts import theme


@dataclass(frozen=True)
class Marks:
    """Shares of right pairs of one reader, by phenomenon.

    Attributes:
        name: in the legend.
        family: gives colour and mark.
        values: float ``[phenomena]``, 0 to 1, NaN where there is none.
        hollow: results of another set of pairs.
    """

    name: str
    family: str
    values: np.ndarray
    hollow: bool = False


def phenomena(
    marks: Sequence[Marks], names: Sequence[str], chosen: int, axis: str, chance: str
) -> go.Figure:
    """Share of right pairs by phenomenon, one row each, with a line at one half.

    Args:
        marks: by reader.
        names: of the phenomena, ours.
        chosen: which of them is printed in bold.
        axis: title of the axis.
        chance: what the line is called.
    """
    figure = go.Figure()
    # Readers stand a little above one another: with few pairs many shares are the same.
    families = list(dict.fromkeys(mark.family for mark in marks))
    for mark in marks:
        place = families.index(mark.family) - (len(families) - 1) / 2
        colour = theme.FAMILY_COLOURS.get(mark.family, theme.NEUTRAL)
        symbol = theme.FAMILY_MARKS.get(mark.family, "circle")
        figure.add_scatter(
            x=mark.values,
            y=np.arange(len(names)) + 0.22 * place,
            mode="markers",
            name=mark.name,
            marker={
                "size": 8 if mark.hollow else 11,
                "symbol": f"{symbol}-open" if mark.hollow else symbol,
                "color": colour,
            },
            hovertext=list(names),
            hovertemplate="%{hovertext}<br>%{x:.0%}<extra>%{fullData.name}</extra>",
        )
    figure.add_vline(
        x=0.5,
        line={"dash": "dash", "width": 1, "color": theme.NEUTRAL},
        annotation={"text": chance, "yanchor": "bottom", "y": 1},
    )
    figure.update_xaxes(range=[-0.03, 1.03], tickformat=".0%", title=axis, zeroline=False)
    ticks = [f"<b>{name}</b>" if i == chosen else name for i, name in enumerate(names)]
    figure.update_yaxes(theme.rows_axis(ticks))
    legend = {"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0}
    return theme.finished(figure, height=150 + 34 * len(names), legend=legend, showlegend=True)
