"""The only file that imports transformers.

Why only here: transformers resolves its names lazily, and two threads whose first import comes
from two modules fail with an ImportError; two threads in ``from_pretrained`` at once corrupt both
models.
So the classes are imported once, here, and models are built from a configuration and filled from
files by :mod:`lmcore.runtime.checkpoints` and :mod:`lmcore.hub`, under one lock. The hub is never
asked for anything.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from transformers import (
    BertConfig,
    BertForPreTraining,
    GPT2Config,
    GPT2LMHeadModel,
    OpenAIGPTConfig,
    OpenAIGPTLMHeadModel,
)
from transformers.initialization import no_init_weights

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "BertForPreTraining",
    "GPT2LMHeadModel",
    "OpenAIGPTLMHeadModel",
    "fill",
    "new_bert",
    "new_gpt",
    "new_gpt2",
    "no_init_weights",
]


def new_gpt(config: dict[str, Any]) -> OpenAIGPTLMHeadModel:
    """An untrained GPT: post-LN decoder, learned positions, GELU, tied output (Radford 2018).

    Args:
        config: ``vocab_size``, ``n_positions``, ``n_embd``, ``n_layer``, ``n_head``.
    """
    return OpenAIGPTLMHeadModel(
        OpenAIGPTConfig(resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, **config)
    )


def new_gpt2(config: dict[str, Any]) -> GPT2LMHeadModel:
    """An untrained GPT-2: pre-LN decoder with a last normalisation (Radford et al. 2019).

    Args:
        config: as for :func:`new_gpt`.

    Attention is eager, for the same reason as BERT's; keys and values are kept only where asked.
    """
    full = GPT2Config(
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        use_cache=False,
        pad_token_id=None,
        **config,
    )
    full._attn_implementation = "eager"
    return GPT2LMHeadModel(full)


def new_bert(config: dict[str, Any]) -> BertForPreTraining:
    """An untrained BERT: encoder, segments, masked-LM and next-sentence heads (Devlin 2018).

    Args:
        config: ``vocab_size``, ``max_position_embeddings``, ``hidden_size``,
            ``num_hidden_layers``, ``num_attention_heads``, ``intermediate_size``.

    Attention is eager: with PyTorch's fused kernel the attention weights come back empty.
    """
    full = BertConfig(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **config)
    full._attn_implementation = "eager"
    return BertForPreTraining(full)


def fill(model: Any, weights: Mapping[str, Tensor]) -> None:
    """Give a network its weights without copying them.

    Args:
        model: built under ``no_init_weights``: every tensor of it must be among the weights.
        weights: float32, by the network's names.

    Raises:
        RuntimeError: names or shapes differ.
    """
    model.load_state_dict(weights, strict=True, assign=True)
    # Assigned one by one, tied tensors have come apart: two parameters on the same numbers.
    known: dict[int, Any] = {}
    for module in model.modules():
        for key, parameter in module.named_parameters(recurse=False):
            setattr(module, key, known.setdefault(parameter.data_ptr(), parameter))
