"""What the Attention page says about its pictures, and the tables under them."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from lmcore.analyses.attention import Level, Weights, sides, standing_out, without_self
from lmcore.analyses.attention_flow import agreement
from lmcore.analyses.attention_heads import AttentionView, HeadProfile
from lmcore.outputs.reading import WordNotes
from lmcore.text.catalogue import catalogue
from pages.ui.inputs import knows_no_word
from pages.ui.text import in_a_row, language, t, tm

#: A sentence of the catalogue with its values.
Finding = tuple[str, dict[str, Any]]


def plain(findings: list[Finding]) -> str:
    """Sentences as plain text: without the catalogue's bold marks, with all marks of a user."""
    texts = ((catalogue()[key][language()].replace("**", ""), values) for key, values in findings)
    return in_a_row(text.format(**values) for text, values in texts)


def marked(findings: list[Finding]) -> str:
    """Sentences as Markdown; a user's words are escaped."""
    return in_a_row(tm(key, **values) for key, values in findings)


@dataclass(frozen=True)
class Picture:
    """One map of a reader, and what is said of it.

    Attributes:
        family: the reader.
        quantity: what is shown; ``leaving`` for influence measured by leaving words out.
        weights: ``[N, N]``.
        findings: the sentences below it.
        detail: layer and head in the names of its files.
        hide_self: whether the diagonal stays blank.
        top: weight that gets the last colour, if it is not this map's own largest.
    """

    family: str
    quantity: str
    weights: Weights
    findings: list[Finding]
    detail: str = ""
    hide_self: bool = False
    top: float | None = None

    @property
    def cells(self) -> np.ndarray:
        """The cells that are drawn, ``[N, N]``."""
        return without_self(self.weights.matrix) if self.hide_self else self.weights.matrix

    @property
    def place(self) -> str:
        """Tells the maps of a page apart."""
        return f"{'left' if self.quantity == 'leaving' else 'map'}:{self.family}"


def attention_picture(
    family: str, view: AttentionView, level: Level, layer: int, head: int
) -> Picture:
    """The map of a head, or with 0 of the mean of a layer's heads, and what it looks at.

    Args:
        family: the reader.
        view: of its attention.
        level: of the units.
        layer: from 1.
        head: from 1, or 0.
    """
    weights = view.weights.at(layer - 1, head)
    pattern = pattern_of(view, view.profile(layer, head), level)
    sentences = [pattern, *link(weights), *hidden(weights, "head" if head else "mean")]
    return Picture(family, "attention", weights, sentences, f"_layer{layer}_head{head}")


def norms_picture(
    family: str, norms: AttentionView, attention: AttentionView, layer: int, head: int
) -> Picture:
    """The map of what a head carries, from where, and how that differs from attention.

    Args:
        family: the reader.
        norms: of it.
        attention: of the same reader and text.
        layer: from 1.
        head: from 1, or 0 for all together.
    """
    weights = norms.weights.at(layer - 1, head)
    sentences = [flow("attention.says_norms", weights), *link(weights, True, "norms_link")]
    special = {
        name: view.profile(layer, head).special
        for name, view in (("attention", attention), ("norms", norms))
    }
    if special["attention"] > 0:
        values = {name: percent(share) for name, share in special.items()}
        sentences.append((f"attention.norms_special_{'head' if head else 'all'}", values))
    return Picture(family, "norms", weights, sentences, f"_layer{layer}_head{head}")


def rollout_picture(family: str, rollout: Weights, layer: int, hide_self: bool) -> Picture:
    """The map of what reaches the units of a reader up to a layer.

    Args:
        family: the reader.
        rollout: ``[L, N, N]``.
        layer: from 1.
        hide_self: whether the diagonal stays blank.
    """
    weights = rollout.at(layer - 1)
    sentences = [flow("attention.says_rollout", weights, layer=layer)]
    sentences += [*link(weights, False, "rollout_link"), *hidden(weights, "rollout")]
    return Picture(family, "rollout", weights, sentences, f"_layer{layer}", hide_self)


def influence_picture(family: str, quantity: str, weights: Weights, hide_self: bool) -> Picture:
    """The map of what moves each word's vector.

    Args:
        family: the reader.
        quantity: ``influence`` or ``leaving``.
        weights: ``[W, W]``.
        hide_self: whether the diagonal stays blank.
    """
    sentences = [flow(f"attention.says_{quantity}", weights)]
    sentences += link(weights, False, "influence_link")
    return Picture(family, quantity, weights, sentences, hide_self=hide_self)


def withheld(picture: Picture, notes: WordNotes) -> Picture:
    """A map without its sentences where the reader knows no word of what it read."""
    return replace(picture, findings=[]) if knows_no_word(notes) else picture


def agreeing(name: str, first: Weights, second: Weights) -> Finding:
    """How well two measures of influence agree for one reader.

    Args:
        name: of the reader, as people read it.
        first: ``[W, W]`` by one measure.
        second: by the other.
    """
    correlation = agreement(first.matrix, second.matrix)
    rho = correlation.rho
    if np.isnan(rho):
        return "attention.agree_unknown", {"reader": name}
    kind = "well" if rho >= 0.7 else "partly" if rho >= 0.4 else "hardly"
    values = {"reader": name, "rho": f"{rho:.2f}", "pairs": correlation.pairs}
    return f"attention.agree_{kind}", values


def pattern_of(view: AttentionView, profile: HeadProfile, level: Level) -> Finding:
    """What a head looks at, in words.

    Args:
        view: of all heads.
        profile: of the head.
        level: of the units.
    """
    pattern = profile.pattern
    values: dict[str, Any] = {"unit": t(f"attention.unit_{level}")}
    if np.isnan(profile.spread):
        return "attention.says_nothing", values
    if pattern in ("previous", "next", "self"):
        values |= {"share": percent(profile.shares[pattern])}
        values |= {"even": percent(view.even.shares[pattern])}
    elif pattern == "delimiter":
        values |= {"share": percent(profile.special)}
    else:
        values |= {"spread": f"{profile.spread:.1f}", "seen": f"{view.even.visible:.1f}"}
    return f"attention.says_{pattern}", values


def flow(key: str, weights: Weights, **more: Any) -> Finding:
    """From where the weight of a map comes."""
    parts = sides(weights.matrix)
    shares = {"own": parts.itself, "left": parts.left, "right": parts.right}
    return key, {**{name: percent(share) for name, share in shares.items()}, **more}


def link(weights: Weights, include_self: bool = True, key: str = "link") -> list[Finding]:
    """The link of a map that stands out most, if any row has a choice."""
    best = standing_out(weights.matrix, include_self)
    if best is None:
        return []
    ends = {"source": named(weights, best.source), "target": named(weights, best.target)}
    return [(f"attention.{key}", {**ends, "share": percent(best.share)})]


def hidden(weights: Weights, what: Literal["head", "mean", "rollout"]) -> list[Finding]:
    """How much of the weight is not shown."""
    shares = weights.hidden_shares()
    if not shares:
        return []
    parts = t("attention.and").join(
        t("attention.hidden_part", share=percent(share), name=name)
        for name, share in shares.items()
    )
    return [(f"attention.hidden_{what}", {"parts": parts})]


def named(weights: Weights, place: int) -> str:
    """A unit, with its number where it stands more than once."""
    name = weights.names[place]
    return f"“{name}” ({place + 1})" if weights.names.count(name) > 1 else f"“{name}”"


def percent(share: float) -> str:
    """A share as a person reads it."""
    return f"{share:.0%}" if share >= 0.01 or share == 0 else "<1%"


def counted(view: AttentionView) -> str:
    """How many heads have each pattern; the mean of a layer (head 0) is none."""
    return t("common.comma").join(
        f"{count} {t(f'attention.pattern_{pattern}')}" for pattern, count in view.patterns().items()
    )


def hovers(view: AttentionView) -> list[str]:
    """What the overview says of each head, and of all heads of a layer."""
    return [
        t(
            "attention.hover" if head.head else "attention.hover_all",
            layer=head.layer,
            head=head.head,
            pattern=t(f"attention.pattern_{head.pattern}"),
            special=percent(head.special),
        )
        for head in view.heads
    ]


def matrix_table(weights: Weights) -> pd.DataFrame:
    """A map as a table: a line per unit that looks, a column per unit looked at."""
    columns = [f"{place} {name}" for place, name in enumerate(weights.names, start=1)]
    frame = pd.DataFrame(weights.matrix.round(4), columns=columns)
    frame.insert(0, t("attention.from_to"), columns)
    for name in dict.fromkeys(weights.specials):
        same = [place for place, other in enumerate(weights.specials) if other == name]
        frame[t("attention.hidden_column", name=name)] = weights.hidden[:, same].sum(-1).round(4)
    return frame


def heads_table(view: AttentionView) -> pd.DataFrame:
    """The profile of all heads with readable headings."""
    rows = [
        {
            "layer": head.layer,
            "head": head.head,
            "pattern": t(f"attention.pattern_{head.pattern}"),
            **head.shares,
            "special": head.special,
            "entropy": head.entropy,
            "spread": head.spread,
            "distance": head.distance,
        }
        for head in view.heads
        if head.head
    ]
    frame = pd.DataFrame(rows).round(3)
    return frame.rename(columns={name: t(f"attention.column_{name}") for name in frame.columns})
