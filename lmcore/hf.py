"""The only file that imports transformers.

Why only here: transformers resolves its names lazily, and two threads whose first import comes
from two modules fail with an ImportError; two threads in ``from_pretrained`` at once corrupt both
models.
So the classes are imported once, here, and models are built from a configuration and filled from
safetensors by :mod:`lmcore.checkpoints`, under its lock. The hub is never asked for anything.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from transformers import (
    BertConfig,
    BertForPreTraining,
    OpenAIGPTConfig,
    OpenAIGPTLMHeadModel,
)

__all__ = ["BertForPreTraining", "OpenAIGPTLMHeadModel", "new_bert", "new_gpt"]


def new_gpt(config: dict[str, Any]) -> OpenAIGPTLMHeadModel:
    """An untrained GPT: post-LN decoder, learned positions, GELU, tied output (Radford 2018).

    Args:
        config: ``vocab_size``, ``n_positions``, ``n_embd``, ``n_layer``, ``n_head``.
    """
    return OpenAIGPTLMHeadModel(
        OpenAIGPTConfig(resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, **config)
    )


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
