"""GPT-1 and the GPT-2 family as published (Radford et al. 2018, 2019)."""

import re
from pathlib import Path
from typing import Any

import torch

from lmcore.errors import CheckpointError
from lmcore.hub import tokenizers
from lmcore.hub import weights as formats
from lmcore.hub.facts import PublishedFacts
from lmcore.readers.gpt import GptReader
from lmcore.readers.tokens import changes
from lmcore.runtime import transformers_models
from lmcore.runtime.checkpoints import Card

#: What is taken from ``config.json``, with what it was where old files do not say it.
DEFAULTS: dict[str, dict[str, Any]] = {
    "openai-gpt": {
        "vocab_size": None,
        "n_positions": 512,
        "n_embd": None,
        "n_layer": None,
        "n_head": None,
        "afn": "gelu",
        "layer_norm_epsilon": 1e-5,
    },
    "gpt2": {
        "vocab_size": None,
        "n_positions": 1024,
        "n_embd": None,
        "n_layer": None,
        "n_head": None,
        "n_inner": 0,  # four times the width
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
        "scale_attn_weights": True,
        "scale_attn_by_inverse_layer_idx": False,
        "reorder_and_upcast_attn": False,
    },
}
TABLES = {"openai-gpt": "transformer.tokens_embed.weight", "gpt2": "transformer.wte.weight"}
OUTPUT = "lm_head.weight"
_BODY = re.compile(r"(tokens_embed|positions_embed|wte|wpe|h\.\d+|ln_f)\.")
#: The causal mask, which old files hold beside the weights.
_MASK = re.compile(r"\.attn\.(masked_)?bias$")
#: How the first conversions called weights and biases.
_OLD = {"g": "weight", "b": "bias", "w": "weight"}


def rename(key: str) -> str | None:
    """The network's name of a tensor; ``None`` for masks and for heads that nobody needs."""
    key = re.sub(r"\.([gbw])$", lambda match: f".{_OLD[match[1]]}", key)
    if _BODY.match(key):
        key = f"transformer.{key}"
    if key == OUTPUT:
        return key
    return key if key.startswith("transformer.") and not _MASK.search(key) else None


def _settings(config: dict[str, Any], architecture: str, folder: Path) -> dict[str, Any]:
    """The sizes of a network of an architecture (:data:`DEFAULTS`) from ``config.json``.

    Raises:
        CheckpointError: ``published_unknown`` where a size is missing.
    """
    sizes = {key: config.get(key, value) for key, value in DEFAULTS[architecture].items()}
    for key in ("vocab_size", "n_positions", "n_embd", "n_layer", "n_head"):
        if sizes[key] is None:
            odd = f"config.json without {key}"
            raise CheckpointError("published_unknown", folder=folder.name, architecture=odd)
    if "n_inner" in sizes:
        sizes["n_inner"] = sizes["n_inner"] or None
    return sizes


def describe(folder: Path, config: dict[str, Any], name: str, architecture: str) -> PublishedFacts:
    """See :func:`lmcore.hub.load.describe`."""
    sizes = _settings(config, architecture, folder)
    shapes = formats.renamed_shapes(folder, name, rename)
    tokenizer = tokenizers.load(folder, architecture, name)
    rows = shapes.get(TABLES[architecture], (int(sizes["vocab_size"]),))[0]
    entries = tokenizers.check_size(tokenizer, rows, name)
    return PublishedFacts(
        family="gpt",
        architecture=architecture,
        name=name,
        sizes={
            "layers": int(sizes["n_layer"]),
            "width": int(sizes["n_embd"]),
            "heads": int(sizes["n_head"]),
            "positions": int(sizes["n_positions"]),
            "vocabulary": entries,
        },
        parameters=formats.count({key: s for key, s in shapes.items() if key != OUTPUT}),
        cased=not changes(tokenizer).lower,
        softmax=True,
    )


def load(
    folder: Path, config: dict[str, Any], facts: PublishedFacts, card: Card, device: torch.device
) -> GptReader:
    """See :func:`lmcore.hub.load.load_published`."""
    architecture = facts.architecture
    sizes = _settings(config, architecture, folder)
    weights = formats.find(folder, facts.name).load(rename)
    table = TABLES[architecture]
    sizes["tie_word_embeddings"] = formats.tied(weights, OUTPUT, table)
    if len(weights.get(table, ())) == sizes["vocab_size"]:
        sizes["vocab_size"] = facts.sizes["vocabulary"]
        formats.without_surplus(weights, (table, OUTPUT), sizes["vocab_size"])
    with transformers_models.no_init_weights():
        model = (
            transformers_models.new_gpt2 if architecture == "gpt2" else transformers_models.new_gpt
        )(sizes)
    transformers_models.fill(model, formats.fitting(facts.name, weights, model, (table, OUTPUT)))
    tokenizer = tokenizers.load(folder, architecture, facts.name)
    spelling = tokenizers.SPELLINGS[architecture]
    return GptReader(card, device, model, tokenizer, spelling)
