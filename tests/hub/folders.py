"""Folders of published files with random numbers: names and shapes as published, sizes tiny.

What was published is written out here tensor by tensor, so that it does not depend on the code
under test or on how transformers names things today.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from tokenizers.normalizers import BertNormalizer

Tensors = dict[str, torch.Tensor]
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

#: Sentences of each language that a vocabulary is made for; all of them are read in the tests.
TEXTS = {
    "uncased": ["She sat on the bank of the river.", "Don't forget the café, Ängström!", "Yes"],
    "cased": ["She sat on the Bank of the river.", "Don't forget the Café, ÄNGSTRÖM!", "Yes yes"],
    "chinese": ["我在银行存钱，然后去河边。", "她说：AI 很好！", "好"],
    "multilingual": [
        "Das Haus ist GRÖSSER als ich.",
        "Я иду домой",
        "我爱你 और مرحبا 😀 hello",
        "no",
    ],
}
WIDTH, INNER, LAYERS, HEADS, POSITIONS = 24, 48, 2, 3, 160


def numbers(shapes: dict[str, tuple[int, ...]]) -> Tensors:
    """Random tensors that let something through: norms near one, the rest small."""
    generator = torch.Generator().manual_seed(7)
    found = {}
    for name, shape in shapes.items():
        noise = torch.randn(shape, generator=generator)
        is_norm = any(part in name for part in ("LayerNorm.weight", "gamma", "ln_1.w", "ln_2.w"))
        found[name] = 1 + 0.1 * noise if is_norm or name.endswith("ln_f.weight") else 0.3 * noise
    return found


def write(folder: Path, tensors: Tensors, form: str = "safetensors") -> None:
    """Write weights as one safetensors file, as two with an index, or in PyTorch's own format."""
    folder.mkdir(parents=True, exist_ok=True)
    if form == "safetensors":
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    elif form == "bin":
        torch.save(tensors, folder / "pytorch_model.bin")
    elif form == "old_bin":
        torch.save(tensors, folder / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    else:
        suffix = "safetensors" if form == "sharded" else "bin"
        stem = "model" if form == "sharded" else "pytorch_model"
        names = sorted(tensors)
        halves = {1: names[::2], 2: names[1::2]}
        mapped = {}
        for number, own in halves.items():
            file = f"{stem}-{number:05}-of-00002.{suffix}"
            part = {name: tensors[name] for name in own}
            if suffix == "safetensors":
                save_file(part, folder / file, metadata={"format": "pt"})
            else:
                torch.save(part, folder / file)
            mapped |= dict.fromkeys(own, file)
        index = {"metadata": {"total_size": 0}, "weight_map": mapped}
        (folder / f"{stem}.{suffix}.index.json").write_text(json.dumps(index))


# --- BERT ------------------------------------------------------------------------------------


def bert_vocabulary(kind: str) -> list[str]:
    """A vocabulary of letters, pieces and some words, in the order of the published ones."""
    normalizer = BertNormalizer(lowercase=kind == "uncased")
    seen = [normalizer.normalize_str(text) for text in TEXTS[kind]]
    letters = sorted({letter for text in seen for letter in text if not letter.isspace()} - {"😀"})
    words = [word for text in seen for word in text.split() if word.isalpha()][:6:2]
    unused = [f"[unused{number}]" for number in range(3)]
    entries = [
        *unused[:1],
        *SPECIALS,
        *unused[1:],
        *letters,
        *(f"##{one}" for one in letters),
        *words,
    ]
    return list(dict.fromkeys(entries))


def bert_shapes(vocabulary: int, layout: str) -> dict[str, tuple[int, ...]]:
    """Names and shapes of google-research/bert as the hub has them.

    Args:
        vocabulary: number of entries.
        layout: ``pretraining`` (both heads), ``masked``, ``pairs`` or ``bare``.
    """
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (vocabulary, WIDTH),
        "embeddings.position_embeddings.weight": (POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in range(LAYERS):
        own = f"encoder.layer.{layer}"
        dense = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
        dense |= {"attention.output.dense": (WIDTH, WIDTH)}
        dense |= {"intermediate.dense": (INNER, WIDTH), "output.dense": (WIDTH, INNER)}
        for name, shape in dense.items():
            shapes[f"{own}.{name}.weight"] = shape
            shapes[f"{own}.{name}.bias"] = shape[:1]
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{own}.{name}.weight": (WIDTH,), f"{own}.{name}.bias": (WIDTH,)}
    if layout != "masked":
        shapes |= {"pooler.dense.weight": (WIDTH, WIDTH), "pooler.dense.bias": (WIDTH,)}
    if layout != "bare":
        shapes = {f"bert.{name}": shape for name, shape in shapes.items()}
    if layout in ("pretraining", "masked"):
        shapes |= {
            "cls.predictions.bias": (vocabulary,),
            "cls.predictions.transform.dense.weight": (WIDTH, WIDTH),
            "cls.predictions.transform.dense.bias": (WIDTH,),
            "cls.predictions.transform.LayerNorm.weight": (WIDTH,),
            "cls.predictions.transform.LayerNorm.bias": (WIDTH,),
        }
    if layout in ("pretraining", "pairs"):
        shapes |= {"cls.seq_relationship.weight": (2, WIDTH), "cls.seq_relationship.bias": (2,)}
    return shapes


def old_names(tensors: Tensors) -> Tensors:
    """As the first conversions called them."""
    renamed = {}
    for name, value in tensors.items():
        name = name.replace("LayerNorm.weight", "LayerNorm.gamma")
        renamed[name.replace("LayerNorm.bias", "LayerNorm.beta")] = value
    return renamed


def bert(
    folder: Path,
    kind: str = "uncased",
    layout: str = "pretraining",
    form: str = "safetensors",
    tokenizer: str = "vocab.txt",
    *,
    old: bool = False,
    decoder: bool = False,
) -> Tensors:
    """A whole folder of a tiny BERT; returns its tensors under their names in the file."""
    entries = bert_vocabulary(kind)
    tensors = numbers(bert_shapes(len(entries), layout))
    if decoder:  # some files repeat the tied matrix and its bias
        table = tensors["bert.embeddings.word_embeddings.weight"]
        tensors["cls.predictions.decoder.weight"] = table.clone()
        tensors["cls.predictions.decoder.bias"] = tensors["cls.predictions.bias"].clone()
        tensors["bert.embeddings.position_ids"] = torch.arange(POSITIONS)[None]
    write(folder, old_names(tensors) if old else tensors, form)
    config = {
        "architectures": ["BertForMaskedLM"],
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": WIDTH,
        "initializer_range": 0.02,
        "intermediate_size": INNER,
        "max_position_embeddings": POSITIONS,
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "type_vocab_size": 2,
        "vocab_size": len(entries),
    }
    if not old:
        config |= {"model_type": "bert", "layer_norm_eps": 1e-12, "pad_token_id": 1}
    (folder / "config.json").write_text(json.dumps(config))
    lower = kind == "uncased"
    if tokenizer == "vocab.txt":
        (folder / "vocab.txt").write_text("\n".join(entries) + "\n", encoding="utf8")
        (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": lower}))
    else:
        made = Tokenizer(models.WordPiece({e: i for i, e in enumerate(entries)}, unk_token="[UNK]"))
        made.normalizer = BertNormalizer(lowercase=lower)
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        made.add_special_tokens(SPECIALS)
        made.enable_truncation(8)  # as some published files have it
        made.enable_padding(length=8)
        made.save(str(folder / "tokenizer.json"))
        (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": lower}))
    return tensors


# --- GPT -------------------------------------------------------------------------------------

GPT_TEXTS = {
    "openai-gpt": ["She sat on the bank of the river.", "Don't forget the café!", "yes we can"],
    "gpt2": [
        "She sat on the Bank of the river.",
        "Don't forget  the café!\nNew line",
        "I ❤️ 👩‍👩‍👧 and 😀hello 我爱你",
        "Yes",
    ],
}


def gpt_tokenizer(architecture: str, size: int = 360) -> Tokenizer:
    """A tokenizer of the published kind, trained on the tests' sentences."""
    if architecture == "openai-gpt":
        made = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
        made.normalizer = BertNormalizer(lowercase=True)
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.BpeTrainer(
            vocab_size=90, special_tokens=["<unk>"], end_of_word_suffix="</w>", show_progress=False
        )
    else:
        made = Tokenizer(models.BPE())
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer = trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=["<|endoftext|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
    made.train_from_iterator([*GPT_TEXTS[architecture]] * 3, trainer)
    return made


def gpt_shapes(architecture: str, vocabulary: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the hub's openai-gpt or gpt2: without prefix, output matrix left out."""
    first = architecture == "openai-gpt"
    shapes: dict[str, tuple[int, ...]] = {
        "tokens_embed.weight" if first else "wte.weight": (vocabulary, WIDTH),
        "positions_embed.weight" if first else "wpe.weight": (POSITIONS, WIDTH),
    }
    for layer in range(LAYERS):
        own = f"h.{layer}"
        shapes |= {
            f"{own}.attn.bias": (1, 1, POSITIONS, POSITIONS),
            f"{own}.attn.c_attn.weight": (WIDTH, 3 * WIDTH),
            f"{own}.attn.c_attn.bias": (3 * WIDTH,),
            f"{own}.attn.c_proj.weight": (WIDTH, WIDTH),
            f"{own}.attn.c_proj.bias": (WIDTH,),
            f"{own}.mlp.c_fc.weight": (WIDTH, 4 * WIDTH),
            f"{own}.mlp.c_fc.bias": (4 * WIDTH,),
            f"{own}.mlp.c_proj.weight": (4 * WIDTH, WIDTH),
            f"{own}.mlp.c_proj.bias": (WIDTH,),
        }
        for norm in ("ln_1", "ln_2"):
            shapes |= {f"{own}.{norm}.weight": (WIDTH,), f"{own}.{norm}.bias": (WIDTH,)}
    if not first:
        shapes |= {"ln_f.weight": (WIDTH,), "ln_f.bias": (WIDTH,)}
    return shapes


def gpt(
    folder: Path,
    architecture: str = "openai-gpt",
    form: str = "safetensors",
    tokenizer: str = "tokenizer.json",
    *,
    prefix: str = "",
) -> Tensors:
    """A whole folder of a tiny GPT-1 or GPT-2; returns its tensors."""
    made = gpt_tokenizer(architecture)
    vocabulary = made.get_vocab_size()
    tensors = numbers(gpt_shapes(architecture, vocabulary))
    for name in tensors:
        if name.endswith(".attn.bias"):
            tensors[name] = torch.ones(POSITIONS, POSITIONS).tril()[None, None]
    tensors = {prefix + name: value for name, value in tensors.items()}
    write(folder, tensors, form)
    config = {
        "architectures": ["OpenAIGPTLMHeadModel" if architecture != "gpt2" else "GPT2LMHeadModel"],
        "model_type": architecture,
        "n_ctx": POSITIONS,
        "n_embd": WIDTH,
        "n_head": HEADS,
        "n_layer": LAYERS,
        "n_positions": POSITIONS,
        "layer_norm_epsilon": 1e-5,
        "vocab_size": vocabulary,
    }
    if architecture == "openai-gpt":
        config |= {"afn": "gelu", "n_special": 0, "predict_special_tokens": True}
    else:
        config |= {"activation_function": "gelu_new"}
    (folder / "config.json").write_text(json.dumps(config))
    if tokenizer == "tokenizer.json":
        made.save(str(folder / "tokenizer.json"))
    else:
        made.model.save(str(folder))
    return tensors
