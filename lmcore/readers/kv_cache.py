"""Reading on without reading again: keys and values of what was read are kept.

A decoder looks at keys and values of the positions before; they never change when a text grows. A
step with the cache computes one position instead of all of them: the published GPT-1 takes about 38
instead of 98 ms a piece on two CPU cores. transformers keeps no such cache for GPT-1, so its blocks
are followed here; GPT-2 uses the cache that transformers has.

Shapes: P positions read before, N new ones, H heads, d dimensions of a head, D of all of them.
"""

from typing import Any, Protocol

import torch
from torch import Tensor


class Decoding(Protocol):
    """A text that is being read. It belongs to one call and is never shared."""

    def read(self, ids: list[int]) -> Tensor:
        """Read some more pieces; the top vector ``[D]`` at the last of them."""
        ...


def decoding(model: Any, room: int, cached: bool = True) -> Decoding:
    """Begin a text.

    Args:
        model: an ``OpenAIGPTLMHeadModel`` or a ``GPT2LMHeadModel`` of transformers.
        room: how many pieces will be read at the most; no more than the model has positions.
        cached: keep keys and values, or read everything anew at each step (for comparing).

    Raises:
        ValueError: there are fewer positions.
    """
    if room > model.config.n_positions:
        raise ValueError(f"{room} pieces do not fit into {model.config.n_positions} positions")
    if not cached:
        return _Anew(model)
    return _BlockCache(model, room) if hasattr(model.transformer, "tokens_embed") else _Given(model)


class _Anew:
    """No cache: every step reads the whole text."""

    def __init__(self, model: Any) -> None:
        self.body, self.ids = model.transformer, list[int]()

    def read(self, ids: list[int]) -> Tensor:
        self.ids += ids
        row = torch.tensor([self.ids], device=self.body.device)
        return self.body(row).last_hidden_state[0, -1]


class _Given:
    """The cache that transformers has for GPT-2."""

    def __init__(self, model: Any) -> None:
        self.body, self.cache = model.transformer, None

    def read(self, ids: list[int]) -> Tensor:
        row = torch.tensor([ids], device=self.body.device)
        out = self.body(row, cache=self.cache, use_cache=True)
        self.cache = out.cache
        return out.last_hidden_state[0, -1]


class _BlockCache:
    """The blocks of GPT-1 (attention, sum, norm, feed-forward, sum, norm), keys and values kept."""

    def __init__(self, model: Any, room: int) -> None:
        self.body, self.room, self.count = model.transformer, room, 0
        first = self.body.h[0].attn
        heads, width = first.n_head, first.split_size // first.n_head
        like = self.body.tokens_embed.weight
        shape = (len(self.body.h), heads, room, width)  # [L, H, room, d]
        self.keys, self.values = like.new_empty(shape), like.new_empty(shape)

    def read(self, ids: list[int]) -> Tensor:
        start, end = self.count, self.count + len(ids)
        if not ids or end > self.room:
            raise ValueError(f"{end} pieces do not fit into {self.room}")
        device = self.keys.device
        places = torch.arange(start, end, device=device)
        x = self.body.tokens_embed(torch.tensor(ids, device=device))
        x = x + self.body.positions_embed(places)  # [N, D]
        for depth, block in enumerate(self.body.h):
            x = block.ln_1(x + self._attend(block.attn, depth, x, start, end))
            x = block.ln_2(x + block.mlp(x))
        self.count = end
        return x[-1]

    def _attend(self, attention: Any, depth: int, x: Tensor, start: int, end: int) -> Tensor:
        """What one layer's heads carry to the new positions ``[N, D]``."""
        query, key, value = (
            part.unflatten(-1, (attention.n_head, -1)).transpose(0, 1)  # [H, N, d]
            for part in attention.c_attn(x).split(attention.split_size, dim=-1)
        )
        self.keys[depth, :, start:end] = key
        self.values[depth, :, start:end] = value
        scores = query @ self.keys[depth, :, :end].transpose(1, 2)  # [H, N, P + N]
        scores = scores / value.shape[-1] ** 0.5
        seen = attention.bias[0, 0, start:end, :end]
        scores = scores * seen - 1e4 * (1 - seen)  # as transformers writes the causal mask
        carried = scores.softmax(-1) @ self.values[depth, :, :end]
        return attention.c_proj(carried.transpose(0, 1).flatten(1))
