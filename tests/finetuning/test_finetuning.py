"""From pre-training to a task: tasks, inputs, learning, baselines, numbers, the command."""

import copy
import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from lmcore.cli import main
from lmcore.errors import InputError, TrainingError, UnsupportedError
from lmcore.finetuning import base, baselines, inputs, inside, scores
from lmcore.finetuning.learners import learner
from lmcore.finetuning.run import Run
from lmcore.finetuning.settings import Settings, for_waiting, sensible
from lmcore.finetuning.task import BUILT_IN, Example, Split, Task, built_in, gold, of_rows, split
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.text.language import language, languages
from lmcore.text.words import split as words_of

FAMILIES = ("elmo", "gpt", "bert")
#: A task so small that a run takes a moment, and so easy that learning shows.
ROWS = [
    (label, f"{word} {thing}")
    for label, words in (("bad", ("awful", "broken")), ("good", ("lovely", "perfect")))
    for word in words
    for thing in ("lamp", "song", "shoes", "cake", "film")
]
EASY = of_rows("easy", "classification", ROWS)
QUICK = Settings(epochs=2, batch=4, trained_layers=1, patience=5)


def parts(task: Task = EASY) -> Split:
    return split(task)


def same(first: Run, second: Run) -> None:
    """Two runs that went the same way, to the bit."""
    assert first.epochs == second.epochs
    assert first.outcome is not None
    assert second.outcome is not None
    assert np.array_equal(first.outcome.probabilities, second.outcome.probabilities)
    theirs = second.learner.learned()
    for name, weights in first.learner.learned().items():
        assert torch.equal(weights, theirs[name]), name


every_task = pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key, record in languages().items() for name in record.tasks]
)


@every_task
def test_built_in_tasks_are_large_balanced_varied_and_without_duplicates(key, name):
    task = built_in(name, language(key))
    assert len(task.examples) >= 200
    counts = Counter(example.label for example in task.examples)
    assert max(counts.values()) - min(counts.values()) <= 1
    texts = [tuple(text.lower() for text in example.texts) for example in task.examples]
    assert len(set(texts)) == len(texts)
    if task.kind == "similarity":
        assert len({frozenset(pair) for pair in texts}) == len(texts)
        assert all(len(set(pair)) == 2 for pair in texts)
    lengths = [len(words_of(text)) for pair in texts for text in pair]
    assert max(lengths) >= 2 * np.median(lengths) * 0.75
    assert min(lengths) < np.median(lengths) < max(lengths)
    vocabulary = {w.text for pair in texts for text in pair for w in words_of(text).words}
    assert len(vocabulary) > 450
    assert all(text == text.strip() for example in task.examples for text in example.texts)


@every_task
def test_bags_of_words_do_not_solve_a_built_in_task(key, name):
    task = built_in(name, language(key))
    divided = split(task)
    answers = baselines.bag_of_words(task, divided).argmax(axis=1)
    assert (answers == gold(divided.test)).mean() < 0.85


@every_task
def test_no_single_word_gives_the_label_away(key, name):
    task = built_in(name, language(key))
    for label in range(task.width):
        with_word: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for example in task.examples:
            words = {w.text.lower() for text in example.texts for w in words_of(text).words}
            with_word.update(words)
            right.update(words if example.label == label else ())
        mine = sum(example.label == label for example in task.examples)
        for word, count in with_word.items():
            given_away = right[word] == count and count > 0.6 * mine
            assert not given_away, (word, task.labels[label])


def test_a_split_is_fixed_stratified_and_without_overlap():
    for name in BUILT_IN:
        task = built_in(name)
        divided = split(task)
        shuffled = replace(task, examples=task.examples[::-1])
        assert split(shuffled) == divided
        whole = [*divided.train, *divided.validation, *divided.test]
        assert Counter(whole) == Counter(task.examples)
        for part in (divided.train, divided.validation, divided.test):
            counts = Counter(example.label for example in part)
            assert max(counts.values()) - min(counts.values()) <= 2
        tested = {example.texts[0] for example in divided.test}
        assert tested.isdisjoint(example.texts[0] for example in divided.train)


def test_a_smaller_training_part_is_the_beginning_of_a_larger_one():
    whole, small = split(EASY), split(EASY, train=4)
    assert small.train == whole.train[:4]
    assert small.test == whole.test
    assert {example.label for example in split(EASY, train=2).train} == {0, 1}


def test_a_test_part_that_comes_with_a_task_is_kept():
    task = replace(EASY, test=(Example(("a lovely day",), 1),))
    assert split(task).test == task.test
    assert len(split(task).train) + len(split(task).validation) == len(EASY.examples)


def roles(rows: list[inputs.Row]) -> list[str]:
    short = {"start": "s", "text_a": "a", "delimiter": "$", "text_b": "b", "extract": "e"}
    short |= {"class": "C", "separator": "S"}
    out = []
    for row in rows:
        text = "".join(short[role] for role in row.roles)
        out.append("".join(c for i, c in enumerate(text) if i == 0 or c != text[i - 1]))
    return out


@pytest.mark.parametrize(
    ("kind", "texts", "gpt", "bert"),
    [
        ("classification", ("one",), ["sae"], ["CaS"]),
        ("entailment", ("one", "two"), ["sa$be"], ["CaSbS"]),
        ("similarity", ("one", "two"), ["sa$be", "sa$be"], ["CaSbS"]),
        ("choice", ("one", "two", "three"), ["sa$be", "sa$be"], ["CaSbS", "CaSbS"]),
    ],
)
def test_inputs_are_those_of_the_papers(loaded, kind, texts, gpt, bert):
    rows = inputs.rows_of(loaded["gpt"], kind, texts)
    assert roles(rows) == gpt
    theirs = inputs.rows_of(loaded["bert"], kind, texts)
    assert roles(theirs) == bert
    for row in theirs:
        border = row.roles.index("separator") + 1
        assert row.segments == (0,) * border + (1,) * (len(row.ids) - border)


def test_similarity_is_read_in_both_orders(loaded):
    first, second = inputs.rows_of(loaded["gpt"], "similarity", ("red", "blue sky"))
    assert first.ids[0] == second.ids[0] == loaded["gpt"].before[0]
    assert first.ids[-1] == second.ids[-1]
    border = first.roles.index("delimiter")
    assert second.ids[1:-1] == (
        *first.ids[border + 1 : -1],
        first.ids[border],
        *first.ids[1:border],
    )
    assert first.ids[border] >= len(loaded["gpt"].texts)


def test_each_reader_says_what_it_gets_of_an_example(loaded):
    question = inputs.InputsQuestion("similarity", ("red", "blue sky"))
    views = {family: inputs.INPUTS.compute(loaded[family], question) for family in FAMILIES}
    assert [len(views[family].rows) for family in FAMILIES] == [1, 2, 1]
    assert views["elmo"].rows[0].pieces == ("red", "blue", "sky")
    assert views["elmo"].rows[0].roles == ("text_a", "text_b", "text_b")
    assert [views[family].segments for family in FAMILIES] == [False, False, True]
    alone = inputs.InputsQuestion("classification", ("red",))
    assert not inputs.INPUTS.compute(loaded["bert"], alone).segments
    for view in views.values():
        assert equal(from_json(inputs.InputsView, to_json(view)), view)


def test_a_text_that_does_not_fit_is_refused_or_cut_from_the_longer_one(loaded):
    long = "river " * 200
    with pytest.raises(InputError, match="pieces"):
        inputs.rows_of(loaded["bert"], "entailment", (long, "short one"))
    (row,) = inputs.rows_of(loaded["bert"], "entailment", (long, "short one"), truncate=True)
    assert len(row.ids) == loaded["bert"].limit
    assert row.left_out > 50
    assert row.roles.count("text_b") == 2


@pytest.mark.parametrize("family", FAMILIES)
def test_the_reader_itself_never_changes(loaded, family):
    reader = loaded[family]
    network = base.network_of(reader)
    before = copy.deepcopy(network.state_dict())
    read = reader.read([words_of("A lovely lamp.")])[0]
    everything = replace(QUICK, epochs=1, trained_layers=None)
    Run(reader, EASY, parts(), everything).finish()
    assert all(torch.equal(weights, before[name]) for name, weights in network.state_dict().items())
    again = reader.read([words_of("A lovely lamp.")])[0]
    assert np.array_equal(read.layers, again.layers)
    assert not network.training


@pytest.mark.parametrize("family", FAMILIES)
def test_two_runs_with_one_seed_are_equal_to_the_bit(loaded, family):
    first = Run(loaded[family], EASY, parts(), QUICK)
    first.finish()
    torch.manual_seed(7)  # the process's own random numbers decide nothing
    second = Run(loaded[family], EASY, parts(), QUICK)
    second.finish()
    same(first, second)
    third = Run(loaded[family], EASY, parts(), replace(QUICK, seed=1))
    third.finish()
    assert third.epochs != first.epochs


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("steps", [1, 4])
def test_stopping_and_resuming_changes_no_bit(loaded, family, steps, tmp_path):
    whole = Run(loaded[family], EASY, parts(), QUICK)
    whole.finish()
    first = Run(loaded[family], EASY, parts(), QUICK)
    while first.standing.steps < steps:
        first.work()
    torch.save(first.state(), tmp_path / "state.pt")
    first.work()
    second = Run(loaded[family], EASY, parts(), QUICK)
    second.load(torch.load(tmp_path / "state.pt", weights_only=True))
    second.finish()
    same(whole, second)


def test_a_state_of_other_settings_is_refused(loaded):
    run = Run(loaded["elmo"], EASY, parts(), QUICK)
    state = run.state()
    with pytest.raises(TrainingError, match="rate"):
        Run(loaded["elmo"], EASY, parts(), replace(QUICK, rate=0.5)).load(state)


def test_an_easy_task_is_learned_and_the_best_pass_kept(loaded):
    run = Run(loaded["elmo"], EASY, parts(), replace(sensible("elmo", 12, 0), epochs=30))
    outcome = run.finish()
    accuracy = [epoch.validation_accuracy for epoch in outcome.epochs]
    assert accuracy[outcome.best - 1] == max(accuracy)
    assert outcome.epochs[-1].loss < outcome.epochs[0].loss
    assert outcome.probabilities.sum(axis=1) == pytest.approx(np.ones(len(outcome.gold)), abs=1e-5)


def test_without_progress_the_training_ends_early(loaded):
    still = replace(QUICK, epochs=50, rate=0.0, patience=2)
    outcome = Run(loaded["elmo"], EASY, parts(), still).finish()
    assert len(outcome.epochs) == 3
    assert outcome.best == 1


def test_a_stopped_run_answers_with_its_best_state(loaded):
    run = Run(loaded["elmo"], EASY, parts(), replace(QUICK, epochs=50))
    while len(run.epochs) < 1:
        run.work()
    run.stop()
    outcome = run.finish()
    assert len(outcome.epochs) == 1
    assert run.share == 1.0
    assert not run.work()


def test_the_mix_is_a_softmax_with_a_penalty(loaded):
    network = learner(loaded["elmo"], "classification", 2, replace(QUICK, mix_penalty=0.5))
    shares, gamma = network.mix()
    assert shares == pytest.approx(np.full(3, 1 / 3))
    assert gamma == 1.0
    with torch.no_grad():
        network.scores.copy_(torch.tensor([1.0, 2.0, 0.0]))
    assert float(network.penalty().detach()) == pytest.approx(0.5 * 5)
    assert network.mix()[0].sum() == pytest.approx(1.0)
    assert network.mix()[0].argmax() == 1


def test_the_vector_of_a_sentence_is_the_mix_of_equation_1(loaded):
    """γ Σ s_j h_j by hand, with and without normalisation."""
    reading = loaded["elmo"].read([words_of("A lovely lamp")])[0].layers
    for norm in (False, True):
        network = learner(loaded["elmo"], "classification", 2, replace(QUICK, layer_norm=norm))
        with torch.no_grad():
            network.scores.copy_(torch.tensor([0.3, -0.2, 1.0]))
            network.gamma.fill_(1.7)
        items = network.encode([Example(("A lovely lamp",), 0)])
        mixed = network._vectors([items[0][0][0]])[0].detach().numpy()
        layers = reading.copy()
        if norm:
            layers -= layers.mean(axis=-1, keepdims=True)
            layers /= np.sqrt(layers.var(axis=-1, keepdims=True) + 1e-5)
        s = np.exp([0.3, -0.2, 1.0])
        s /= s.sum()
        wanted = 1.7 * (s[:, None, None] * layers).sum(axis=0).mean(axis=0)
        assert mixed == pytest.approx(wanted, abs=1e-5)


def test_the_bilstm_learns_too_and_ignores_padding(loaded):
    network = learner(loaded["elmo"], "classification", 2, replace(QUICK, pooling="bilstm"))
    short, long = network.encode([Example(("A lamp",), 0), Example(("A very old lamp here",), 0)])
    network.eval()
    with torch.no_grad():
        alone, together = network([short]).logits[0], network([short, long]).logits[0]
    assert torch.allclose(alone, together, atol=1e-6)
    Run(loaded["elmo"], EASY, parts(), replace(QUICK, pooling="bilstm")).finish()


def test_lambda_adds_the_loss_of_the_language_model(loaded):
    with_it = learner(loaded["gpt"], "classification", 2, replace(QUICK, dropout=0.0))
    without = learner(
        loaded["gpt"], "classification", 2, replace(QUICK, dropout=0.0, lm_weight=0.0)
    )
    items = with_it.encode(EASY.examples[:3])
    with_it.train(), without.train()
    scored = with_it(items)
    assert scored.language is not None
    assert 1.0 < float(scored.language.detach()) < 15.0
    assert without(items).language is None
    assert torch.equal(scored.logits, without(items).logits)
    with_it.eval()
    assert with_it(items).language is None
    outcome = Run(loaded["gpt"], EASY, parts(), replace(QUICK, epochs=1)).finish()
    assert outcome.epochs[0].language is not None


def test_gpt_answers_the_same_in_both_orders_of_a_pair(loaded):
    network = learner(loaded["gpt"], "similarity", 2, QUICK)
    first, turned = network.probabilities([("Red lamp", "A blue sky"), ("A blue sky", "Red lamp")])
    assert first == pytest.approx(turned, abs=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_kind_of_task_can_be_trained(loaded, family):
    rows = [(str(n % 2 + 1), f"case {n}", f"right {n}", f"wrong {n}") for n in range(12)]
    choice = of_rows("choice", "choice", rows)
    pairs = [(("no", "yes")[n % 2], f"first {n}", f"second {n}") for n in range(12)]
    for task in (choice, of_rows("e", "entailment", pairs), of_rows("s", "similarity", pairs)):
        outcome = Run(loaded[family], task, split(task), replace(QUICK, epochs=1)).finish()
        assert outcome.probabilities.shape == (len(outcome.gold), 2)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_random_twin_shares_nothing_but_the_shape(loaded, family):
    reader = loaded[family]
    twin = base.random_twin(reader, seed=0)
    weights, theirs = (base.network_of(r).state_dict() for r in (reader, twin))
    assert {n: v.shape for n, v in weights.items()} == {n: v.shape for n, v in theirs.items()}
    matrices = [n for n, v in weights.items() if v.dim() > 1 and v.dtype == torch.float32]
    assert not any(torch.equal(weights[n], theirs[n]) for n in matrices if "bias" not in n)
    again = base.network_of(base.random_twin(reader, seed=0)).state_dict()
    assert all(torch.equal(theirs[name], again[name]) for name in theirs)
    reading = twin.read([words_of("A lovely lamp.")])[0]
    assert np.isfinite(reading.layers).all()
    assert reading.layers.std() > 0


def test_static_vectors_have_no_network(loaded):
    with pytest.raises(UnsupportedError):
        learner(loaded["static"], "classification", 2, QUICK)


def test_settings_out_of_range_are_refused(loaded):
    with pytest.raises(InputError, match="epochs"):
        learner(loaded["elmo"], "classification", 2, replace(QUICK, epochs=0))
    with pytest.raises(InputError, match="lm_weight"):
        learner(loaded["gpt"], "classification", 2, replace(QUICK, lm_weight=-1.0))


def test_only_the_top_of_a_large_network_learns_where_somebody_waits(loaded):
    large = for_waiting("bert", 100, 110_000_000)
    assert large.trained_layers == 1
    network = learner(loaded["bert"], "classification", 2, large)
    names = {
        name.split(".encoder.layer.")[-1][:1] for name in network.learned() if ".layer." in name
    }
    assert names == {str(len(network.layers()) - 1)}
    assert not any("embeddings" in name for name in network.learned())
    whole = learner(loaded["bert"], "classification", 2, sensible("bert", 100, 0))
    assert any("embeddings" in name for name in whole.learned())


def test_baselines_on_the_easy_task(loaded):
    divided = parts()
    more = replace(divided, train=(*divided.train, Example(("one more",), 1)))
    assert (baselines.majority(EASY, more).argmax(axis=1) == 1).all()
    assert baselines.majority(EASY, divided).sum(axis=1) == pytest.approx(
        np.ones(len(divided.test))
    )
    words = baselines.bag_of_words(EASY, divided)
    assert (words.argmax(axis=1) == gold(divided.test)).all()
    vectors = baselines._static_vectors(EASY, divided, loaded["static"])
    assert vectors.shape == (len(divided.test), 2)
    assert vectors.sum(axis=1) == pytest.approx(np.ones(len(divided.test)))


def test_baselines_choose_answers(loaded):
    rows = [
        (str(n % 2 + 1), "which", *(("yes sure", "no never")[:: 1 if n % 2 == 0 else -1]))
        for n in range(20)
    ]
    rows = [(label, f"{context} {n}", a, b) for n, (label, context, a, b) in enumerate(rows)]
    task = of_rows("c", "choice", rows)
    divided = split(task)
    assert (baselines.bag_of_words(task, divided).argmax(axis=1) == gold(divided.test)).all()
    vectors = baselines._static_vectors(task, divided, loaded["static"])
    assert vectors.shape == (len(divided.test), 2)


def test_scores_of_a_known_table():
    right = np.array([0, 0, 0, 1])
    accuracy, f1 = scores.scored(right, np.array([0, 0, 1, 1]), 2)
    assert accuracy.value == pytest.approx(0.75)
    assert f1.value == pytest.approx((0.8 + 2 / 3) / 2)
    assert accuracy.low <= accuracy.value <= accuracy.high
    both, _ = scores.scored(right, np.array([[0, 0, 1, 1], [0, 0, 0, 1]]), 2)
    assert both.value == pytest.approx(0.875)
    sure, _ = scores.scored(np.zeros(50, int), np.zeros(50, int), 2)
    assert sure.row() == [100.0, 100.0, 100.0]
    assert scores.confusion(right, np.array([0, 0, 1, 1]), 2).tolist() == [[2, 1], [0, 1]]


def test_a_bootstrap_interval_is_about_as_wide_as_theory_says():
    right = np.zeros(400, int)
    answers = (np.arange(400) % 4 == 0).astype(int)  # 75 per cent right
    accuracy, _ = scores.scored(right, answers, 2)
    expected = 1.96 * np.sqrt(0.75 * 0.25 / 400)
    assert accuracy.high - accuracy.value == pytest.approx(expected, abs=0.01)


def test_nothing_has_changed_before_the_first_step(loaded):
    for family in FAMILIES:
        network = learner(loaded[family], "classification", 2, QUICK)
        start = inside.untrained(loaded[family], network)
        change = inside.change(start, network, ("A lovely lamp.",))
        assert change.same == pytest.approx(np.ones(len(change.same)), abs=1e-5)
        assert (change.chance < 0.999).all()


def test_training_changes_the_layers_that_learn_and_no_other(loaded):
    settings = replace(QUICK, epochs=1, rate=1e-3)
    run = Run(loaded["bert"], EASY, parts(), settings)
    run.finish()
    start = inside.untrained(loaded["bert"], run.learner)
    change = inside.change(start, run.learner, ("A lovely lamp.",))
    assert change.same[:-1] == pytest.approx(np.ones(len(change.same) - 1), abs=1e-5)
    assert change.same[-1] < 1 - 1e-4
    assert change.attention is not None
    moved = change.attention.moved
    assert change.attention.most() == tuple(np.argwhere(moved == moved.max())[0])
    assert moved[:-1].max() < 1e-4
    assert 0 < moved[-1].max() <= 1
    cka = inside.cka_by_layer(start, run.learner, [example.texts for example in EASY.examples[:6]])
    assert cka[:-1] == pytest.approx(np.ones(len(cka) - 1), abs=1e-5)
    assert cka[-1] < 1
    gaze = inside.gaze(change, 0, 1)
    assert gaze is not None
    row = change.attention.after[0, 1, change.decides]
    assert gaze.decider == change.pieces[change.decides] == "[CLS]"
    assert (gaze.after, gaze.share_after) == (change.pieces[row.argmax()], row.max())
    assert equal(from_json(inside.ChangeView, to_json(change)), change)


def test_elmo_stays_as_it_is_and_has_no_attention(loaded):
    run = Run(loaded["elmo"], EASY, parts(), QUICK)
    run.finish()
    change = inside.change(inside.untrained(loaded["elmo"], run.learner), run.learner, ("A lamp",))
    assert change.same == pytest.approx(np.ones(3), abs=1e-6)
    assert change.attention is None
    assert inside.gaze(change, 0, 0) is None


def test_cka_ignores_rotation_and_scale_and_sees_noise():
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 8))
    turn, _ = np.linalg.qr(random.normal(size=(8, 8)))
    assert inside.cka(x, 3 * x @ turn + 5) == pytest.approx(1.0)
    assert inside.cka(x, random.normal(size=(200, 8))) < 0.3
    assert np.isnan(inside.cka(x, np.ones((200, 8))))


def table(tmp_path):
    path = tmp_path / "easy.tsv"
    path.write_text("label\ttext\n" + "".join(f"{label}\t{text}\n" for label, text in ROWS))
    return path


def test_the_command_prints_numbers_and_resumes_to_the_same(tmp_path, capsys):
    path, state = table(tmp_path), tmp_path / "state.pt"
    command = ["finetune", "--reader", "elmo", "--task", str(path), "--epochs", "3", "--json"]
    assert main(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["reader"] == "elmo"
    assert first["train"] + first["validation"] + first["test"] == len(ROWS)
    assert len(first["layer_weights"]) == 3
    assert sum(map(sum, first["confusion"])) == first["test"]
    assert main([*command, "--state", str(state)]) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert main([*command, "--state", str(state), "--resume"]) == 0
    assert json.loads(capsys.readouterr().out) == first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--reader", "elmo", "--task", "nowhere.csv"], "There is no task nowhere.csv"),
        (["--task", "sentiment"], "none of these readers"),
        (["--reader", "elmo", "--task", "sentiment", "--resume"], "no training state"),
        (["--reader", "bert", "--task", "sentiment", "--rate", "7"], "rate is 7.0"),
        (["--benchmark", "/nowhere"], "not in /nowhere"),
    ],
)
def test_the_command_says_what_is_wrong(capsys, arguments, sentence):
    assert main(["finetune", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_while_somebody_trains_others_can_read(loaded, monkeypatch):
    """Of all trainings one step runs at a time: one of the two places on the device stays free."""
    import threading

    inside_step, go_on = threading.Event(), threading.Event()
    runs = [Run(loaded["bert"], EASY, parts(), QUICK) for _ in range(3)]
    for run in runs:
        while run.standing.steps == 0 and run._encoded.read_some():
            pass
        forward = type(run.learner).forward

        def slow(self, items, forward=forward):
            inside_step.set()
            assert go_on.wait(30)
            return forward(self, items)

        monkeypatch.setattr(run.learner, "forward", slow.__get__(run.learner))
    workers = [threading.Thread(target=run.work) for run in runs]
    for worker in workers:
        worker.start()
    assert inside_step.wait(30)
    done = threading.Event()

    def read():
        loaded["bert"].read([words_of("Somebody else reads.")])
        done.set()

    reading = threading.Thread(target=read)
    reading.start()
    free = done.wait(20)
    go_on.set()
    for worker in [*workers, reading]:
        worker.join(60)
    assert free
    assert [run.standing.steps for run in runs] == [1, 1, 1]


def test_weights_that_do_not_learn_are_shared_and_not_copied(loaded):
    reader = loaded["gpt"]
    network = learner(reader, "classification", 2, QUICK)
    table = reader.embeddings().weight
    mine = network.reader.embeddings().weight
    assert mine.data_ptr() == table.data_ptr()
    assert mine is not table
    top = network.layers()[-1].mlp.c_fc.weight
    assert top.data_ptr() != reader.model.transformer.h[-1].mlp.c_fc.weight.data_ptr()
    assert torch.equal(top, reader.model.transformer.h[-1].mlp.c_fc.weight)


@pytest.mark.parametrize("family", ["gpt", "bert"])
def test_a_reader_in_half_precision_learns_in_float32(loaded, family):
    """As published models are read on a GPU; the reader itself stays as it was."""
    network = copy.deepcopy(loaded[family].model).half()
    half = base.with_network(loaded[family], network)
    outcome = Run(half, EASY, parts(), replace(QUICK, epochs=1)).finish()
    assert np.isfinite(outcome.probabilities).all()
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float16}


def test_models_that_lack_a_start_piece_or_a_pooler_learn_all_the_same(loaded):
    gpt = copy.copy(loaded["gpt"])
    gpt.before = []
    gpt.spelling = replace(gpt.spelling, before=())
    (row,) = inputs.rows_of(gpt, "classification", ("A lamp",))
    assert row.ids[0] == len(gpt.texts) + inputs.START
    assert row.pieces[0] == "<s>"
    bert = base.with_network(loaded["bert"], copy.deepcopy(loaded["bert"].model))
    bert.model.bert.pooler = None
    for reader in (gpt, bert):
        outcome = Run(reader, EASY, parts(), replace(QUICK, epochs=1)).finish()
        assert np.isfinite(outcome.probabilities).all()


@pytest.mark.parametrize("family", ["gpt", "bert"])
def test_the_classifier_sits_on_the_last_position_or_on_cls(loaded, family):
    network = learner(loaded[family], "entailment", 3, QUICK)
    with torch.no_grad():
        network.head.weight.mul_(50)
    texts = [("A lamp", "Light"), ("The very old lamp fell off the table", "Something broke")]
    together = network.probabilities(texts)
    for texts_of, probabilities in zip(texts, together, strict=True):
        seen = network.observe(texts_of)
        assert seen.pieces[seen.decides] == {"gpt": "<e>", "bert": "[CLS]"}[family]
        assert seen.decides == {"gpt": len(seen.pieces) - 1, "bert": 0}[family]
        vector = torch.from_numpy(seen.layers[-1][seen.decides])
        with torch.no_grad():
            if family == "bert":
                vector = torch.tanh(network.network.bert.pooler.dense(vector))
            logits = network.head(vector)
        assert probabilities == pytest.approx(logits.softmax(-1).numpy(), abs=1e-4)


def test_gpt_adds_the_vectors_of_both_orders(loaded):
    network = learner(loaded["gpt"], "similarity", 2, QUICK)
    with torch.no_grad():
        network.head.weight.mul_(2)
    pair = ("A lamp", "The old light")
    tops = [network.observe(order).layers[-1][-1] for order in (pair, pair[::-1])]
    with torch.no_grad():
        logits = network.head(torch.from_numpy(tops[0] + tops[1]))
    probabilities = network.probabilities([pair])[0]
    assert probabilities == pytest.approx(logits.softmax(-1).numpy(), abs=1e-5)
    assert 0.001 < probabilities[0] < 0.999


@pytest.mark.parametrize("family", FAMILIES)
def test_answers_to_choose_from_are_scored_one_by_one(loaded, family):
    network = learner(loaded[family], "choice", 3, QUICK)
    with torch.no_grad():
        network.head.weight.mul_(20)
    choice = ("It rains.", "She takes an umbrella.", "She waters the garden.", "He sings.")
    probabilities = network.probabilities([choice])[0]
    turned = network.probabilities([(choice[0], choice[3], choice[1], choice[2])])[0]
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-5)
    assert turned == pytest.approx(probabilities[[2, 0, 1]], abs=1e-4)
