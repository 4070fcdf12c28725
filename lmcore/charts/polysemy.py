"""Figures of the Polysemy page: similarities, the map, separation by layer, votes of the bank."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from lmcore.analyses.polysemy import Comparison
from lmcore.charts import theme
from lmcore.text.word_uses import Question

#: Texts that a figure needs, in the language of whoever shows it.
Texts = Mapping[str, str]

#: Cosines are printed into the cells up to this many uses.
_PRINTED = 8
#: Cells have a gap and columns a number up to this many uses; rows always have one.
_SPACED = 12
#: More numbers than this do not fit at one spot of the map.
_LISTED = 6
#: Bars of different senses differ in pattern too, not by colour alone.
_PATTERNS = ["", "/", ".", "x"]
#: Points nearer than this share of the map's width share one number.
_CLOSE = 0.03


def similarity(question: Question, comparison: Comparison, layer: int, texts: Texts) -> go.Figure:
    """The cosines of one layer; colours run from the layer's baseline to 1.

    Args:
        question: the word, its sentences and senses.
        comparison: what one reader makes of them.
        layer: from 0, the input.
        texts: ``baseline`` and ``identical``, written under the colour bar.
    """
    order = question.order
    matrix = comparison.similarity[layer][np.ix_(order, order)]
    chance, places = float(comparison.baseline[layer]), list(range(len(order)))
    gap = 1 if len(order) <= _SPACED else 0
    figure = go.Figure(
        go.Heatmap(
            z=matrix,
            x=places,
            y=places,
            zmin=float(np.nanmin([chance, np.nanmin(matrix)])),
            zmax=1.0,
            colorscale=theme.SEQUENTIAL,
            xgap=gap,
            ygap=gap,
            hovertext=[
                [_pair(question, a, b, matrix[i, j]) for j, b in enumerate(order)]
                for i, a in enumerate(order)
            ],
            hoverinfo="text",
            texttemplate="%{z:.2f}" if len(order) <= _PRINTED else None,
            colorbar=_bar(chance, texts),
        )
    )
    numbers = [question.uses[use].name for use in order]
    names = [_name(question, use) for use in order]
    ticks = {"constrain": "domain", "showticklabels": len(order) <= _SPACED}
    square = {"constrain": "domain", "constraintoward": "top", "scaleanchor": "x"}
    figure.update_xaxes(**theme.word_axis(numbers, **ticks))
    figure.update_yaxes(**theme.word_axis(names, **square, autorange="reversed"))
    return theme.finished(figure, height=360)


def _bar(chance: float, texts: Texts) -> dict[str, object]:
    """A colour bar below the matrix that names the baseline and 1."""
    return {
        "orientation": "h",
        "thickness": 10,
        "len": 0.8,
        "ticklabeloverflow": "allow",
        "y": -0.12,
        "yanchor": "top",
        "tickvals": [chance, 1.0],
        "ticktext": [f"{texts['baseline']} {chance:.2f}", f"1 {texts['identical']}"],
    }


def plane(
    question: Question, comparison: Comparison, layer: int, extent: float, texts: Texts
) -> go.Figure:
    """The map of one layer: a point a use, in the colour and with the mark of its sense.

    Args:
        question: the word, its sentences and senses.
        comparison: what one reader makes of them.
        layer: from 0, the input.
        extent: the axes run from minus this to this; the same for all layers and readers, so
            that maps can be compared.
        texts: ``unlabelled``, the name of uses without a sense.
    """
    figure, points, groups = go.Figure(), comparison.points[layer], question.groups
    written = _written(question, points, extent)
    for group in [*range(len(question.senses)), -1]:
        chosen = [
            use
            for use in np.flatnonzero(groups == group).tolist()
            if np.isfinite(points[use]).all()
        ]
        if not chosen:
            continue
        figure.add_scatter(
            x=points[chosen, 0],
            y=points[chosen, 1],
            mode="markers+text",
            name=theme.label(_short(question.senses[group]) if group >= 0 else texts["unlabelled"]),
            marker={**_mark(group), "line": {"width": 1, "color": theme.NEUTRAL}},
            text=[written[use] for use in chosen],
            textposition="top center",
            cliponaxis=False,
            hovertext=[_whole(question, use) for use in chosen],
            hoverinfo="text",
        )
    axis = {"range": [-extent, extent], "nticks": 5}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis, scaleanchor="x", constrain="domain")
    figure.update_layout(showlegend=True, legend=theme.LEGEND)
    return theme.finished(figure, height=360)


def extent(comparisons: Sequence[Comparison]) -> float:
    """How far the axes of all maps must reach, so that every layer of every reader fits."""
    farthest = [np.abs(c.points[np.isfinite(c.points)]).max(initial=0.0) for c in comparisons]
    return max(0.05, 1.2 * float(max(farthest, default=0.0)))


def levels(comparison: Comparison, layer: int, texts: Texts) -> go.Figure:
    """Mean cosines of one reader by layer: within senses, between senses, unrelated words.

    Where senses cannot be compared, the mean of all uses stands in their place.

    Args:
        comparison: what one reader makes of a word.
        layer: marked by an upright line.
        texts: ``within``, ``between``, ``overall``, ``baseline``, ``cosine``, ``layer``.
    """
    colour = theme.FAMILY_COLOURS[comparison.family]
    places = list(range(len(comparison.baseline)))
    figure = go.Figure()
    lines = [
        ("within", comparison.within, "solid", "circle"),
        ("between", comparison.between, "dash", "circle-open"),
    ]
    if np.isnan(comparison.score).all():
        lines = [("overall", comparison.overall, "solid", "circle")]
    lines.append(("baseline", comparison.baseline, "dot", "line-ew-open"))
    for key, values, dash, mark in lines:
        figure.add_scatter(
            x=places,
            y=values,
            mode="lines+markers",
            name=texts[key],
            line={"color": theme.NEUTRAL if key == "baseline" else colour, "dash": dash},
            marker={"symbol": mark, "size": 8},
            hovertemplate="%{y:.3f}",
        )
    figure.add_vline(x=layer, line={"color": theme.NEUTRAL, "width": 1})
    figure.update_xaxes(title=texts["layer"], dtick=1, range=[-0.3, len(places) - 0.7])
    means = [comparison.within, comparison.between, comparison.overall, comparison.baseline]
    lowest = float(np.nanmin([1.0, *np.concatenate(means)]))
    figure.update_yaxes(title=texts["cosine"], range=[lowest - 0.05, 1.05])
    figure.update_layout(legend=theme.LEGEND)
    return theme.finished(figure, height=280)


def separation(
    comparisons: Sequence[Comparison],
    texts: Texts,
    names: Mapping[str, str] = theme.FAMILY_NAMES,
) -> go.Figure:
    """The score of every reader by layer; static vectors, which have one layer, as a level line.

    A filled mark says that every use lies clearly nearer to its own sense in that layer.

    Args:
        comparisons: what the readers make of a word.
        texts: ``layer`` and ``score``, the names of the axes.
        names: of the readers, by family.
    """
    figure = go.Figure()
    deepest = max((len(c.score) for c in comparisons), default=1) - 1
    for comparison in comparisons:
        if np.isnan(comparison.score).all():
            continue
        family, level = comparison.family, len(comparison.score) == 1
        places = [0, deepest] if level else list(range(len(comparison.score)))
        scores = np.repeat(comparison.score, 2) if level else comparison.score
        placed = np.repeat(comparison.placed, 2) if level else comparison.placed
        mark = theme.FAMILY_MARKS[family]
        figure.add_scatter(
            x=places,
            y=scores,
            mode="lines+markers",
            name=theme.label(names[family]),
            line={"color": theme.FAMILY_COLOURS[family], "dash": theme.FAMILY_DASHES[family]},
            marker={"symbol": [mark if full else f"{mark}-open" for full in placed], "size": 10},
            hovertemplate="%{y:.3f}",
        )
    figure.add_hline(y=0, line={"color": theme.NEUTRAL, "width": 1})
    figure.update_xaxes(title=texts["layer"], dtick=1, range=[-0.2, max(deepest, 1) + 0.2])
    figure.update_yaxes(title=texts["score"])
    figure.update_layout(showlegend=True, legend=theme.LEGEND)
    return theme.finished(figure, height=400)


def votes(
    names: Sequence[str],
    counts: Sequence[Mapping[str, float]],
    glosses: Mapping[str, str],
    texts: Texts,
) -> go.Figure:
    """What the sentences of the bank vote: one bar a use, cut into the votes for each sense.

    Args:
        names: of the uses, ``[N]``: a user's text, shown as it is.
        counts: votes of each use by id of the sense, ``[N]``; a use without votes has no bar.
        glosses: what a sense is called, by its id, in the order of colours.
        texts: ``votes``, the name of the axis.
    """
    figure, places = go.Figure(), list(range(len(names)))
    for number, (sense, gloss) in enumerate(glosses.items()):
        values = [use.get(sense, 0.0) for use in counts]
        figure.add_bar(
            x=values,
            y=places,
            orientation="h",
            name=theme.label(gloss),
            marker={
                "color": theme.GROUP_COLOURS[number % len(theme.GROUP_COLOURS)],
                "pattern": {"shape": _PATTERNS[number % len(_PATTERNS)], "size": 6},
            },
            hovertext=[
                f"{theme.label(name)}<br>{theme.label(gloss)}<br>{value:.3g}"
                for name, value in zip(names, values, strict=True)
            ],
            hoverinfo="text",
        )
    most = max((sum(use.values()) for use in counts), default=0.0)
    figure.update_xaxes(title=texts["votes"], range=[0, max(most, 1.0)], dtick=1)
    downwards = {"range": [len(names) - 0.5, -0.5]}
    figure.update_yaxes(**theme.word_axis([_short(name, 18) for name in names], **downwards))
    legend = {**theme.LEGEND, "traceorder": "normal"}
    figure.update_layout(barmode="stack", showlegend=True, legend=legend)
    return theme.finished(figure, height=theme.heatmap_height(len(names), least=200, row=24))


def _mark(group: int) -> dict[str, object]:
    """Colour and mark of a sense: no two of a dozen senses share both."""
    if group < 0:
        return {"color": theme.NEUTRAL, "symbol": "x", "size": 8}
    count = len(theme.GROUP_COLOURS)
    return {
        "color": theme.GROUP_COLOURS[group % count],
        "symbol": theme.GROUP_MARKS[(group + group // count) % count],
        "size": max(9, 17 - 4 * group),  # a later sense does not hide an earlier one on its spot
    }


def _short(text: str, most: int = 14) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _name(question: Question, use: int) -> str:
    """Number and sense of a use, short enough for an axis."""
    place = question.uses[use]
    return place.name if place.sense is None else f"{_short(place.sense)} {place.name}"


def _whole(question: Question, use: int) -> str:
    """Number, sense and sentence of a use, safe for a hover label."""
    place = question.uses[use]
    text = question.sentences[place.sentence].text
    words = text if len(text) <= 90 else text[:89] + "…"
    sense = "" if place.sense is None else f" · {place.sense}"
    return theme.label(f"{place.name}{sense} · {words}")


def _pair(question: Question, first: int, second: int, value: float) -> str:
    return f"{_whole(question, first)}<br>{_whole(question, second)}<br>{value:.3f}"


def _written(question: Question, points: np.ndarray, extent: float) -> list[str]:
    """Numbers beside the points; points that lie on one spot share their numbers at the first."""
    written = [""] * len(points)
    left = [use for use, point in enumerate(points) if np.isfinite(point).all()]
    while left:
        first = points[left[0]]
        near = [u for u in left if np.abs(points[u] - first).max() < 2 * _CLOSE * extent]
        more = " …" if len(near) > _LISTED else ""
        written[left[0]] = " ".join(question.uses[use].name for use in near[:_LISTED]) + more
        left = [use for use in left if use not in near]
    return written
