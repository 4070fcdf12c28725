"""BERT as published: with both heads, one or none (Devlin et al. 2018)."""

import re
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lmcore.errors import CheckpointError
from lmcore.hub import tokenizers
from lmcore.hub import weights as formats
from lmcore.hub.facts import PublishedFacts
from lmcore.hub.weights import Shape
from lmcore.readers.bert import BertReader
from lmcore.readers.tokens import changes
from lmcore.runtime import transformers_models
from lmcore.runtime.checkpoints import Card
from lmcore.runtime.families import Capability

ARCHITECTURE = "bert"
#: What is taken from ``config.json``, with what it was where old files do not say it.
DEFAULTS: dict[str, Any] = {
    "vocab_size": None,
    "hidden_size": None,
    "num_hidden_layers": None,
    "num_attention_heads": None,
    "intermediate_size": None,
    "hidden_act": "gelu",
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
}
TABLE = "bert.embeddings.word_embeddings.weight"
#: The tensors of the masked-word head; the output matrix is the table of pieces where it is tied.
HEAD, OUTPUT = "cls.predictions.", "cls.predictions.decoder.weight"
BIASES = ("cls.predictions.bias", "cls.predictions.decoder.bias")
PAIR, POOLER = "cls.seq_relationship.", "bert.pooler."
_BARE = re.compile(r"(embeddings|encoder|pooler)\.")


def rename(key: str) -> str | None:
    """The network's name of a tensor; ``None`` for those of heads that nobody needs."""
    key = re.sub(r"LayerNorm\.gamma$", "LayerNorm.weight", key)
    key = re.sub(r"LayerNorm\.beta$", "LayerNorm.bias", key)
    if _BARE.match(key):
        key = f"bert.{key}"
    wanted = key.startswith(("bert.", "cls.")) and not key.endswith(".position_ids")
    return key if wanted else None


def _settings(config: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The sizes of a network from ``config.json``.

    Raises:
        CheckpointError: ``published_unknown`` for a decoder, relative positions or missing sizes.
    """
    sizes = {key: config.get(key, value) for key, value in DEFAULTS.items()}
    missing = [key for key in DEFAULTS if sizes[key] is None and key != "pad_token_id"]
    positions = config.get("position_embedding_type", "absolute")
    odd = ""
    if missing:
        odd = f"config.json without {missing[0]}"
    elif config.get("is_decoder"):
        odd = "a BERT that is a decoder"
    elif positions != "absolute":
        odd = f"a BERT with {positions} positions"
    if odd:
        raise CheckpointError("published_unknown", folder=folder.name, architecture=odd)
    return sizes


def _has(shapes: dict[str, Shape]) -> tuple[bool, bool]:
    """Whether there is a masked-word head, and a next-sentence head with what it needs."""
    masked = f"{HEAD}transform.dense.weight" in shapes and any(bias in shapes for bias in BIASES)
    return masked, f"{PAIR}weight" in shapes and f"{POOLER}dense.weight" in shapes


def describe(folder: Path, config: dict[str, Any], name: str) -> PublishedFacts:
    """See :func:`lmcore.hub.load.describe`."""
    sizes = _settings(config, folder)
    shapes = formats.renamed_shapes(folder, name, rename)
    tokenizer = tokenizers.load(folder, ARCHITECTURE, name)
    rows = shapes.get(TABLE, (int(sizes["vocab_size"]),))[0]
    entries = tokenizers.check_size(tokenizer, rows, name)
    masked, pairs = _has(shapes)
    lacks: dict[Capability, str] = {}
    if not masked:
        lacks |= dict.fromkeys(("fill", "generate", "score"), "no_masked_head")
    if not pairs:
        lacks["pairs"] = "no_next_sentence_head"
    twice = {OUTPUT, BIASES[1]} if BIASES[0] in shapes else {OUTPUT}
    counted = {
        key: s for key, s in shapes.items() if key not in twice and _kept(key, masked, pairs)
    }
    return PublishedFacts(
        family="bert",
        architecture=ARCHITECTURE,
        name=name,
        sizes={
            "layers": int(sizes["num_hidden_layers"]),
            "width": int(sizes["hidden_size"]),
            "heads": int(sizes["num_attention_heads"]),
            "positions": int(sizes["max_position_embeddings"]),
            "vocabulary": entries,
        },
        parameters=formats.count(counted),
        cased=not changes(tokenizer).lower,
        masked_head=masked,
        next_sentence_head=pairs,
        lacks=lacks,
    )


def _entries(weights: dict[str, Tensor], facts: PublishedFacts, sizes: dict[str, Any]) -> int:
    """How many entries there are; a matrix as large as the configuration says loses its surplus."""
    entries = facts.sizes["vocabulary"]
    if len(weights.get(TABLE, ())) == sizes["vocab_size"]:
        formats.without_surplus(weights, (TABLE, OUTPUT, *BIASES), entries)
        return entries
    return int(sizes["vocab_size"])


def _kept(key: str, masked: bool, pairs: bool) -> bool:
    """Whether a tensor of the network is needed: those of missing heads are not."""
    if key.startswith(HEAD):
        return masked
    return pairs if key.startswith((PAIR, POOLER)) else True


def load(
    folder: Path, config: dict[str, Any], facts: PublishedFacts, card: Card, device: torch.device
) -> BertReader:
    """See :func:`lmcore.hub.load.load_published`."""
    sizes = _settings(config, folder)
    weights = formats.find(folder, facts.name).load(rename)
    for bias, twin in (BIASES, BIASES[::-1]):
        if bias in weights:
            weights.setdefault(twin, weights[bias])
    if facts.masked_head:
        sizes["tie_word_embeddings"] = formats.tied(weights, OUTPUT, TABLE)
    sizes["vocab_size"] = _entries(weights, facts, sizes)
    with transformers_models.no_init_weights():
        model = transformers_models.new_bert(sizes)
    if not facts.masked_head:
        model.cls.predictions = None
    if not facts.next_sentence_head:
        model.cls.seq_relationship = model.bert.pooler = None
    tables = (TABLE, OUTPUT, *BIASES)
    transformers_models.fill(model, formats.fitting(facts.name, weights, model, tables))
    tokenizer = tokenizers.load(folder, ARCHITECTURE, facts.name)
    return BertReader(card, device, model, tokenizer, lacks=facts.lacks)
