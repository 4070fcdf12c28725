"""ELMo as published: the reference vectors, the softmax that comes apart, and what is missing."""

import json
import shutil

import h5py
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from lmcore.errors import CheckpointError, UnsupportedError
from lmcore.hub.load import describe, load_published
from lmcore.outputs.generation import GenerationSettings
from lmcore.readers.elmo_characters import batch_ids
from lmcore.text.words import split

CPU = torch.device("cpu")
WORDS = ["</S>", "<S>", "<UNK>", "the", ",", "bank", "river", "She"]
D = 8
OPTIONS = {
    "lstm": {"use_skip_connections": True, "projection_dim": D, "cell_clip": 3, "proj_clip": 3,
             "dim": 12, "n_layers": 2},
    "char_cnn": {"activation": "relu", "filters": [[1, 4], [2, 5]], "n_highway": 1,
                 "embedding": {"dim": 4}, "n_characters": 262, "max_characters_per_token": 50},
}  # fmt: skip
STEM = "elmo_2x4096_512_2048cnn_2xhighway"


def write(folder, stem="", softmax=None, words=WORDS, rows=None):
    """A whole folder in AllenNLP's format, names and shapes as published."""
    random = np.random.default_rng(3)
    filters = OPTIONS["char_cnn"]["filters"]
    total, cells = sum(n for _, n in filters), OPTIONS["lstm"]["dim"]
    shapes = {"char_embed": (261, 4), "CNN_proj/W_proj": (total, D), "CNN_proj/b_proj": (D,)}
    for place, (width, number) in enumerate(filters):
        shapes |= {f"CNN/W_cnn_{place}": (1, width, 4, number), f"CNN/b_cnn_{place}": (number,)}
    shapes |= {f"CNN_high_0/{w}": (total, total) for w in ("W_carry", "W_transform")}
    shapes |= {f"CNN_high_0/{b}": (total,) for b in ("b_carry", "b_transform")}
    for direction in range(2):
        for layer in range(2):
            cell = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
            shapes |= {f"{cell}/W_0": (2 * D, 4 * cells), f"{cell}/B": (4 * cells,)}
            shapes |= {f"{cell}/W_P_0": (cells, D)}
    with h5py.File(folder / f"{stem}weights.hdf5", "w") as file:
        for name, shape in shapes.items():
            file[name] = random.normal(size=shape, scale=0.4).astype(np.float32)
    (folder / f"{stem}options.json").write_text(json.dumps(OPTIONS))
    rows = rows or len(words)
    values = {
        "softmax/W": random.normal(size=(rows, D)).astype(np.float32),
        "softmax/b": random.normal(size=rows).astype(np.float32),
    }
    if softmax == "hdf5":
        with h5py.File(folder / f"{stem}softmax_weights.hdf5", "w") as file:
            for name, value in values.items():
                file[name] = value
    elif softmax == "safetensors":
        tensors = {name: torch.from_numpy(value) for name, value in values.items()}
        save_file(tensors, folder / f"{stem}softmax_weights.safetensors")
    if softmax:
        lines = [*words[:4], "!!!MAXTERMID", *words[4:]]
        (folder / "vocab-2016-09-10.txt").write_text("\n".join(lines) + "\n", encoding="utf8")
    return values


# --- the reference ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference(shared):
    folder = shared / "data" / "elmo_reference"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/elmo_reference (not part of the project)")
    return folder, load_published(folder, CPU, "ELMo")


def test_reference_vectors_through_the_loader_of_users_files(reference):
    """The published top layer, with state carried from sentence to sentence, to 1e-5."""
    folder, reader = reference
    for number, stream in enumerate(json.loads((folder / "sentences.json").read_text())):
        state = None
        with h5py.File(folder / f"lm_embeddings_{number}.hdf5") as file, torch.inference_mode():
            for position, sentence in enumerate(stream):
                out = reader.network(*batch_ids([sentence.split()], 50), state)
                state = out.state
                got = torch.stack([out.forward[-1, 0], out.backward[-1, 0]])[:, 1:-1]
                np.testing.assert_allclose(got, file[str(position)][...], atol=1e-5)


def test_reference_vectors_as_the_pages_get_them(reference):
    """The first sentence of each stream, before any state: through ``read`` itself."""
    folder, reader = reference
    compared = 0
    for number, stream in enumerate(json.loads((folder / "sentences.json").read_text())):
        sentence = split(stream[0])
        if [word.text for word in sentence.words] != stream[0].split():
            continue  # cut into other words than the reference
        (reading,) = reader.read([sentence])
        with h5py.File(folder / f"lm_embeddings_{number}.hdf5") as file:
            both = np.concatenate(file["0"][...], axis=-1)
        np.testing.assert_allclose(reading.layers[-1], both, atol=1e-5)
        compared += 1
    assert compared


def test_facts_of_the_reference(reference):
    folder, reader = reference
    facts = describe(folder)
    assert (facts.family, facts.architecture, facts.cased) == ("elmo", "elmo", True)
    assert facts.sizes["layers"] == 2
    padding = reader.network.encoder.characters.weight.shape[1]  # a row of zeros that no file has
    zeros = sum(p.numel() for name, p in reader.network.named_parameters() if "bias_hh" in name)
    held = sum(p.numel() for p in reader.network.parameters())
    assert facts.parameters == held - padding - zeros


# --- predicting words ------------------------------------------------------------------------


@pytest.mark.parametrize("softmax", ["hdf5", "safetensors"])
def test_softmax_and_vocabulary_let_it_predict(tmp_path, softmax):
    values = write(tmp_path, f"{STEM}_", softmax)
    reader = load_published(tmp_path, CPU)
    assert reader.capabilities == reader.about.capabilities
    assert reader.vocabulary == WORDS
    sentence = split("She , the bank")
    top = reader.read([sentence])[0].layers[-1]
    ahead = top[1, :D] @ values["softmax/W"].T + values["softmax/b"]  # what follows the second word
    expected = ahead - np.log(np.exp(ahead).sum())
    scores = {(s.word, s.side): s.log_probability for s in reader.score(sentence)}
    assert scores[2, "left"] == pytest.approx(expected[WORDS.index("the")], abs=1e-5)
    views = reader.fill(sentence, 2, k=3)
    assert [view.view for view in views] == ["left", "right", "combined"]
    assert len(list(reader.generate(sentence, GenerationSettings(length=3)))) == 3
    assert describe(tmp_path).softmax


def test_frequencies_follow_the_order_of_the_vocabulary(tmp_path):
    write(tmp_path, softmax="hdf5")
    frequency = load_published(tmp_path, CPU).frequency
    assert (frequency.diff() < 0).all()
    assert frequency.exp().sum() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("missing", ["both", "vocabulary"])
def test_without_them_the_reason_is_told(tmp_path, missing):
    write(tmp_path, softmax=None if missing == "both" else "hdf5")
    for file in tmp_path.glob("vocab*"):
        file.unlink()
    reader, sentence = load_published(tmp_path, CPU, "ELMo original"), split("She sat")
    assert reader.capabilities == {"influence"}
    assert set(reader.lacks.values()) == {"no_softmax"}
    for ask in (
        lambda: reader.fill(sentence, 0),
        lambda: reader.score(sentence),
        lambda: reader.generate(sentence, GenerationSettings(length=1)),
        lambda: reader.lens(sentence, 0),
        lambda: reader.fill_blanks(split("___ sat"), [0]),
    ):
        with pytest.raises(UnsupportedError, match=r"ELMo original.*softmax_weights") as caught:
            ask()
        assert caught.value.code == "no_softmax"
    assert reader.influence(sentence).matrix.shape == (2, 2)


def test_published_cells_are_clipped(tmp_path):
    write(tmp_path)
    layer = load_published(tmp_path, CPU).network.directions[0][0]
    assert (layer.cell_clip, layer.proj_clip) == (3, 3)


# --- what goes wrong -------------------------------------------------------------------------


def code_of(folder, **options):
    with pytest.raises(CheckpointError) as caught:
        load_published(folder, CPU, "ELMo", **options)
    return caught.value.code


def test_vocabulary_of_another_length(tmp_path):
    write(tmp_path, softmax="hdf5", rows=5)
    assert code_of(tmp_path) == "published_sizes"


def test_vocabulary_without_marks(tmp_path):
    write(tmp_path, softmax="hdf5", words=["a", "b", "c", "d", "e"])
    assert code_of(tmp_path) == "published_entry_missing"


@pytest.mark.parametrize("file", ["weights.hdf5", "softmax_weights.hdf5"])
def test_file_cut_short(tmp_path, file):
    write(tmp_path, softmax="hdf5")
    path = tmp_path / file
    path.write_bytes(path.read_bytes()[:2_000])
    assert code_of(tmp_path) == "published_cut_short"


def test_options_that_are_none(tmp_path):
    write(tmp_path)
    (tmp_path / "options.json").write_text('{"lstm": {}}')
    assert code_of(tmp_path) == "published_cut_short"


def test_missing_weights_and_missing_data_set(tmp_path):
    write(tmp_path)
    with h5py.File(tmp_path / "weights.hdf5", "a") as file:
        del file["CNN_proj/b_proj"]
    with pytest.raises(CheckpointError, match="CNN_proj/b_proj") as caught:
        load_published(tmp_path, CPU)
    assert caught.value.code == "published_tensor_missing"
    (tmp_path / "weights.hdf5").unlink()
    assert code_of(tmp_path) == "published_no_weights"


def test_other_sizes_than_the_options_say(tmp_path):
    write(tmp_path)
    options = json.loads(json.dumps(OPTIONS))
    options["char_cnn"]["embedding"]["dim"] = 6
    (tmp_path / "options.json").write_text(json.dumps(options))
    assert code_of(tmp_path) == "published_tensor_shape"


def test_a_copy_in_a_folder_of_the_hub_cache_has_its_card(tmp_path):
    folder = tmp_path / "models--lysandre--elmo-2x4096_512_2048cnn_2xhighway" / "snapshots" / "0"
    folder.mkdir(parents=True)
    write(folder)
    reader = load_published(folder, CPU)
    assert reader.card.name == "ELMo original"
    assert reader.card.values["corpus"] == ["1 Billion Word Benchmark"]
    assert reader.card.values["known"]
    other = tmp_path / "mine"
    shutil.copytree(folder, other)
    card = load_published(other, CPU).card
    assert (card.name, card.values["known"], card.values["licence"]) == ("mine", False, "")
