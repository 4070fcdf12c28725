"""What the Attention page says about its pictures, and the tables under them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from lmcore.analyses import attention, attention_heads
from lmcore.analyses.attention import Level, Weights
from lmcore.text.catalogue import catalogue
from pages.ui.text import language, t, tm

#: A sentence of the catalogue with its values.
Said = tuple[str, dict[str, Any]]


def plain(said: list[Said]) -> str:
    """Sentences as plain text: without the catalogue's bold marks, with all marks of a user."""
    texts = ((catalogue()[key][language()].replace("**", ""), values) for key, values in said)
    return " ".join(text.format(**values) for text, values in texts)


def marked(said: list[Said]) -> str:
    """Sentences as Markdown; a user's words are escaped."""
    return " ".join(tm(key, **values) for key, values in said)


def pattern_of(own: Weights, line: dict[str, Any], level: Level) -> Said:
    """What a head looks at, in words.

    Args:
        own: the weights that ``line`` describes, special positions left out.
        line: of :func:`lmcore.analyses.attention_heads.profile`.
        level: of the units.
    """
    pattern = line["pattern"]
    values: dict[str, Any] = {"unit": t(f"attention.unit_{level}")}
    if np.isnan(line["spread"]):
        return "attention.says_nothing", values
    if pattern in ("previous", "next", "self"):
        values |= {"share": percent(line[pattern])}
        values |= {"even": percent(attention_heads.even_share(own, pattern))}
    elif pattern == "delimiter":
        values |= {"share": percent(line["special"])}
    else:
        values |= {
            "spread": f"{line['spread']:.1f}",
            "seen": f"{attention_heads.in_sight(own):.1f}",
        }
    return f"attention.says_{pattern}", values


def flow(key: str, shown: Weights, **more: Any) -> Said:
    """From where the weight of a map comes."""
    sides = attention.sides(shown.matrix)
    parts = {"own": sides.own, "left": sides.left, "right": sides.right}
    return key, {**{name: percent(part) for name, part in parts.items()}, **more}


def link(shown: Weights, own: bool = True, key: str = "link") -> list[Said]:
    """The link of a map that stands out most, if any row has a choice."""
    best = attention.standing_out(shown.matrix, include_self=own)
    if best is None:
        return []
    ends = {"source": named(shown, best.source), "target": named(shown, best.target)}
    return [(f"attention.{key}", {**ends, "share": percent(best.share)})]


def hidden(shown: Weights, what: Literal["head", "mean", "rollout"]) -> list[Said]:
    """How much of the weight is not shown."""
    shares = shown.hidden_shares()
    if not shares:
        return []
    parts = t("attention.and").join(
        t("attention.hidden_part", share=percent(share), name=name)
        for name, share in shares.items()
    )
    return [(f"attention.hidden_{what}", {"parts": parts})]


def named(shown: Weights, place: int) -> str:
    """A unit, with its number where it stands more than once."""
    name = shown.names[place]
    return f"“{name}” ({place + 1})" if shown.names.count(name) > 1 else f"“{name}”"


def percent(share: float) -> str:
    """A share as a person reads it."""
    return f"{share:.0%}" if share >= 0.01 or share == 0 else "<1%"


def counted(found: pd.DataFrame) -> str:
    """How many heads have each pattern; the mean of a layer (head 0) is none."""
    counts = found.loc[found["head"] > 0, "pattern"].value_counts()
    return t("common.comma").join(
        f"{counts[p]} {t(f'attention.pattern_{p}')}" for p in counts.index
    )


def hover(line: dict[str, Any]) -> str:
    """What the overview says of one head, or of all heads of a layer."""
    return t(
        "attention.hover" if line["head"] else "attention.hover_all",
        layer=line["layer"],
        head=line["head"],
        pattern=t(f"attention.pattern_{line['pattern']}"),
        special=percent(line["special"]),
    )


def matrix_table(shown: Weights) -> pd.DataFrame:
    """A map as a table: a line per unit that looks, a column per unit looked at."""
    columns = [f"{place} {name}" for place, name in enumerate(shown.names, start=1)]
    frame = pd.DataFrame(shown.matrix.round(4), columns=columns)
    frame.insert(0, t("attention.from_to"), columns)
    for name in dict.fromkeys(shown.specials):
        same = [place for place, other in enumerate(shown.specials) if other == name]
        frame[t("attention.hidden_column", name=name)] = shown.hidden[:, same].sum(-1).round(4)
    return frame


def heads_table(found: pd.DataFrame) -> pd.DataFrame:
    """The profile of all heads with readable headings."""
    shown = found[found["head"] > 0].round(3)
    shown["pattern"] = [t(f"attention.pattern_{pattern}") for pattern in shown["pattern"]]
    return shown.rename(columns={name: t(f"attention.column_{name}") for name in shown.columns})
