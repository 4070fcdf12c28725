"""Limits: lowered and never raised, kept by the library itself, and told where they are wrong."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from lmcore import settings as configuration
from lmcore.analyses import contextuality
from lmcore.analyses.generation import samples
from lmcore.errors import InputError, SettingError
from lmcore.finetuning import upload
from lmcore.finetuning.run import Run
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import built_in, split
from lmcore.lessons.lesson import load
from lmcore.outputs.generation import GenerationSettings
from lmcore.readers import sampling
from lmcore.readers.base import Reader
from lmcore.readers.infilling import beam
from lmcore.runtime import limits
from lmcore.runtime.limits import LIMITS, Limits, read
from lmcore.text import cloze, examples
from lmcore.text.catalogue import catalogue
from lmcore.text.cloze import asked_words, opened
from lmcore.text.word_uses import ask
from lmcore.text.words import checked
from lmcore.text.words import split as words_of

ROOT = Path(__file__).resolve().parents[2]


def table(rows: int, size: int = 0) -> bytes:
    lines = [f"{'yes' if i % 2 else 'no'},text number {i}" for i in range(rows)]
    return ("label,text\n" + "\n".join(lines) + "\n" + " " * size).encode()


BEYOND: dict[str, Callable[[], object]] = {
    "words": lambda: checked("a " * (LIMITS.words + 1)),
    "characters": lambda: checked("a" * (LIMITS.characters + 1)),
    "blanks": lambda: opened(words_of("___ and " * (LIMITS.blanks + 1))),
    "beam": lambda: beam.check([1], LIMITS.beam + 1),
    "asked": lambda: asked_words("one two three four five six seven eight nine ten"),
    "samples": lambda: samples(GenerationSettings(), LIMITS.samples + 1),
    "tokens": lambda: sampling.check_settings(GenerationSettings(length=LIMITS.tokens + 1)),
    "sentences": lambda: ask("bank", "The bank is here.\n" * (LIMITS.sentences + 1)),
    "uses": lambda: ask("bank", ("bank " * LIMITS.uses + "\n") * 2),
    "own_sentences": lambda: contextuality.material(
        "\n".join(f"Sentence number {i}." for i in range(LIMITS.own_sentences + 1))
    ),
    "upload_bytes": lambda: upload.parse(table(30, LIMITS.upload_bytes), "classification"),
    "upload_rows": lambda: upload.parse(table(LIMITS.upload_rows + 1), "classification"),
}
#: Kept by something else than a refusal: see the tests below and those of the line and the page.
OTHERWISE = {"training_seconds", "trained", "trained_by_all", "at_once", "queue"}


def test_every_limit_has_its_test():
    assert set(BEYOND) | OTHERWISE == {own.name for own in fields(Limits)}


@pytest.mark.parametrize("name", BEYOND)
def test_the_library_refuses_what_is_beyond_a_limit(name):
    with pytest.raises(InputError) as caught:
        BEYOND[name]()
    error, limit = caught.value, getattr(LIMITS, name)
    said = f"{limit // 1_000}" if name == "upload_bytes" else f"{limit}"
    for language in ("en", "zh"):
        sentence = catalogue()[f"error.{error.code}"][language].format(**error.values)
        assert said in sentence, sentence


def test_readers_themselves_refuse(contextual: Reader):
    text = words_of("___ " * (LIMITS.blanks + 1) + "and so on")
    with pytest.raises(InputError):
        contextual.fill_blanks(text, range(LIMITS.blanks + 1))
    with pytest.raises(InputError):
        next(iter(contextual.generate(text, GenerationSettings(length=LIMITS.tokens + 1))))


def test_a_training_ends_when_its_time_is_over(loaded):
    task = built_in("sentiment")
    parts = split(task)
    run = Run(loaded["gpt"], task, parts, Settings(epochs=200), most_seconds=0.0)
    assert run.work()
    assert run.out_of_time
    assert run.seconds > 0.0
    free = Run(loaded["gpt"], task, parts, Settings(epochs=200))
    free.work()
    assert not free.out_of_time


def test_limits_can_be_lowered():
    lowered = read({"THREE_READERS_MAX_WORDS": " 40 ", "THREE_READERS_QUEUE": ""})
    assert lowered.words == 40
    assert asdict(lowered) == asdict(Limits()) | {"words": 40}


@pytest.mark.parametrize("value", ["101", "29", "-1", "a lot", "50.5", "1e1", "٥٠", "9" * 5_000])
def test_what_is_no_number_within_the_bounds_is_refused(value):
    with pytest.raises(SettingError) as caught:
        read({"THREE_READERS_MAX_WORDS": value})
    assert caught.value.code == "environment_number"
    assert "from 30 to 100" in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("THREE_READERS_MAX_WORDS", "1000", "environment_number"),
        ("THREE_READERS_MAX_WORD", "50", "environment_unknown"),
        ("THREE_READERS_LANGUAGE", "fr", "environment_choice"),
        ("THREE_READERS_DOWNLOADS", "never", "environment_choice"),
        ("THREE_READERS_TRAINING", "seldom", "environment_choice"),
        ("THREE_READERS_MODELS", "openai-community/gpt2,bert-bass", "environment_model"),
        ("THREE_READERS_MODEL_DIRS", "/there/is/nothing", "environment_folder"),
    ],
)
def test_a_wrong_variable_is_named(name, value, code):
    with pytest.raises(SettingError) as caught:
        configuration.check({name: value})
    assert caught.value.code == code
    assert name in str(caught.value)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"THREE_READERS_MODELS": "none", "THREE_READERS_DOWNLOADS": "off"},
        {"THREE_READERS_MODELS": "google-bert/bert-base-cased, bert:org/name"},
        {"THREE_READERS_TRAINING": "Off"},
        {"THREE_READERS_LANGUAGE": "ZH", "THREE_READERS_MODEL_DIRS": str(ROOT)},
        {"THREE_READERS_MODEL_DIRS": f"bert={ROOT}"},
    ],
)
def test_what_can_be_used_passes(environment):
    configuration.check(environment)


def settings(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lmcore", "settings"],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_start_stops_with_one_sentence():
    done = settings(THREE_READERS_MAX_BLANKS="many")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("lmcore: The environment variable THREE_READERS_MAX_BLANKS")


def test_the_settings_can_be_looked_at():
    done = settings(THREE_READERS_MAX_BLANKS="3")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^THREE_READERS_MAX_BLANKS +3 ", done.stdout, re.M)
    for name in configuration.names():
        assert name in done.stdout


def test_the_names_that_others_use_follow_the_environment():
    """In a process of its own: limits hold from its start to its end."""
    code = """
from lmcore.analyses import contextuality, generation, masked_word
from lmcore.finetuning import upload
from lmcore.outputs.generation import RANGES, GenerationSettings
from lmcore.readers.infilling import beam
from lmcore.runtime import limits
from lmcore.text import cloze, word_uses, words
print(words.MAX_WORDS, words.MAX_CHARACTERS, cloze.MAX_BLANKS, beam.MAX_BLANKS, beam.MAX_BEAM,
      masked_word.BEAM, cloze.MAX_ASKED, generation.MAX_SAMPLES, RANGES["length"][1],
      GenerationSettings().length, word_uses.MAX_SENTENCES, word_uses.MAX_USES,
      contextuality.MAX_SENTENCES, upload.Limits().size, upload.Limits().rows,
      limits.AT_ONCE, limits.QUEUE)
"""
    least = {one.name: str(one.least) for one in limits.variables(LIMITS)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=os.environ | least, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = [int(word) for word in done.stdout.split()]
    assert told == [30, 400, 2, 2, 1, 1, 2, 2, 10, 10, 6, 6, 10, 10_000, 20, 1, 1]


def test_examples_and_lessons_fit_into_the_lowest_limits():
    least = {own.name: own.metadata["least"] for own in fields(Limits)}
    texts = [text for group in examples.GROUPS.values() for text in group]
    texts += [examples.EXAMPLE, *examples.SHARING.splitlines()]
    texts += [one.text for group in examples.BLANKS.values() for one in group]
    for step in (step for lesson in load() for step in lesson.steps):
        texts += [line for v in step.panel.params.values() for line in v.splitlines()]
        assert int(step.panel.params.get("gn", 1)) <= least["tokens"]
        assert len(step.panel.params.get("ps", "").splitlines()) <= least["sentences"]
    assert max(len(words_of(text)) for text in texts) <= least["words"]
    assert max(len(text) for text in texts) <= least["characters"]
    for example in (one for group in examples.BLANKS.values() for one in group):
        assert len(opened(cloze.written(words_of(example.text)), example.blanks)) <= least["blanks"]
        assert len(asked_words(example.words)) <= least["asked"]
    for one in examples.SENSES:
        question = ask(one.word, one.text)
        assert len(question.sentences) <= least["sentences"]
        assert len(question.uses) <= least["uses"]
    assert len(contextuality.material(examples.SHARING).sentences) <= (least["own_sentences"])
