"""Tiny models with random weights in the very formats in which the real ones were published."""

import json
import string
from pathlib import Path

import numpy as np

SIGNS = string.ascii_lowercase + string.digits + string.punctuation
WORDS = ["the", "a", "bank", "river", "of", "and", "in", "on", "was", "she", "he", "it", "door"]


def bert(folder: Path, heads: bool = True, width: int = 32, layers: int = 3) -> None:
    """A BERT: ``config.json``, ``model.safetensors``, ``vocab.txt``.

    Args:
        folder: made where it is missing.
        heads: with the masked-word and the next-sentence head.
        width: hidden size, for two heads.
        layers: Transformer layers.
    """
    import torch
    from transformers import BertConfig, BertForPreTraining, BertModel

    folder.mkdir(parents=True, exist_ok=True)
    entries = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *SIGNS, *WORDS]
    entries += [f"##{sign}" for sign in SIGNS]
    entries = list(dict.fromkeys(entries))
    config = BertConfig(
        vocab_size=len(entries),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=2 * width,
        max_position_embeddings=128,
    )
    torch.manual_seed(1)
    (BertForPreTraining if heads else BertModel)(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(entries) + "\n", encoding="utf8")


def gpt(folder: Path, width: int = 32, layers: int = 2) -> None:
    """A GPT-1: ``config.json``, ``model.safetensors``, ``vocab.json``, ``merges.txt``."""
    import torch
    from transformers import OpenAIGPTConfig, OpenAIGPTLMHeadModel

    folder.mkdir(parents=True, exist_ok=True)
    merges = [("t", "h"), ("th", "e</w>"), ("a", "n"), ("an", "d</w>"), ("o", "n</w>")]
    entries = [*SIGNS, *(f"{sign}</w>" for sign in SIGNS), *("".join(pair) for pair in merges)]
    vocabulary = {entry: place for place, entry in enumerate(["<unk>", *dict.fromkeys(entries)])}
    config = OpenAIGPTConfig(
        vocab_size=len(vocabulary), n_positions=128, n_embd=width, n_layer=layers, n_head=2
    )
    torch.manual_seed(2)
    OpenAIGPTLMHeadModel(config).save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf8")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf8")


def elmo(folder: Path, cells: int = 32, width: int = 8) -> None:
    """An ELMo without softmax: ``options.json``, ``weights.hdf5``."""
    import h5py

    folder.mkdir(parents=True, exist_ok=True)
    filters, random = [[1, 4], [2, 8], [3, 16]], np.random.default_rng(3)
    options = {
        "lstm": {
            "use_skip_connections": True,
            "projection_dim": width,
            "cell_clip": 3,
            "proj_clip": 3,
            "dim": cells,
            "n_layers": 2,
        },
        "char_cnn": {
            "activation": "relu",
            "filters": filters,
            "n_highway": 2,
            "embedding": {"dim": 4},
            "n_characters": 262,
            "max_characters_per_token": 50,
        },
    }
    (folder / "options.json").write_text(json.dumps(options) + "\n", encoding="utf8")
    total = sum(count for _, count in filters)
    shapes: dict[str, tuple[int, ...]] = {"char_embed": (261, 4)}
    for place, (length, count) in enumerate(filters):
        shapes[f"CNN/W_cnn_{place}"] = (1, length, 4, count)
        shapes[f"CNN/b_cnn_{place}"] = (count,)
    for place in range(2):
        for gate in ("carry", "transform"):
            shapes[f"CNN_high_{place}/W_{gate}"] = (total, total)
            shapes[f"CNN_high_{place}/b_{gate}"] = (total,)
    shapes |= {"CNN_proj/W_proj": (total, width), "CNN_proj/b_proj": (width,)}
    for direction in range(2):
        for layer in range(2):
            cell = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
            shapes[f"{cell}/W_0"] = (2 * width, 4 * cells)
            shapes[f"{cell}/B"] = (4 * cells,)
            shapes[f"{cell}/W_P_0"] = (cells, width)
    with h5py.File(folder / "weights.hdf5", "w") as file:
        for name, shape in shapes.items():
            file[name] = random.normal(0, 0.3, shape).astype(np.float32)


WRITERS = {"elmo": elmo, "gpt": gpt, "bert": bert}


def snapshot(home: Path, repository: str) -> Path:
    """The folder of a repository's files in a Hugging Face cache below ``HF_HOME``."""
    folder = home / "hub" / ("models--" + repository.replace("/", "--"))
    (folder / "refs").mkdir(parents=True, exist_ok=True)
    (folder / "refs" / "main").write_text("c" * 40)
    return folder / "snapshots" / ("c" * 40)
