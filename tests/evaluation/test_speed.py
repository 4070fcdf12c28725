"""What the bench measures, not how fast it is: no test depends on the clock."""

import json

import pytest

from lmcore.evaluation import speed

pages = speed.pages


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(speed, "REPEATS", 1)
    monkeypatch.setattr(speed, "SECONDS", 0.0)
    monkeypatch.setattr(speed, "GENERATED", 2)
    monkeypatch.setattr(speed, "pages", dict)  # takes minutes; tested below without a browser


def test_calls_take_turns():
    calls: list[str] = []
    seconds = speed.turns(lambda: calls.append("read"), lambda: calls.append("bare"))
    assert calls == ["read", "bare"] * 3, "two rounds to warm up, one that counts"
    assert len(seconds) == 2
    assert min(seconds) > 0


def test_the_ratio_of_all_is_that_of_the_worst_length():
    times = {"a_bare_ms_1": 1.0, "a_read_ms_1": 3.0, "b_bare_ms_1": 3.0, "b_read_ms_1": 3.0}
    longer = {"a_bare_ms_16": 10.0, "a_read_ms_16": 11.0, "static_read_ms_16": 50.0}
    assert speed.ratio_of_all(times | longer) == {"reading_ratio": 1.5}
    assert speed.ratio_of_all(longer) == {"reading_ratio": 1.1}
    assert speed.ratio_of_all({"static_read_ms_1": 50.0}) == {}


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert"])
def test_a_reader_against_its_network(family):
    values = speed.measure(family)
    for length in (1, 16, 128):
        ratio = values[f"read_ms_{length}"] / values[f"bare_ms_{length}"]
        assert values[f"reading_ratio_{length}"] == pytest.approx(ratio, rel=0.02)
        assert 0 < values[f"words_{length}"] <= length
        assert values[f"peak_mb_{length}"] is None or values[f"peak_mb_{length}"] > 10
    assert values["tokens_per_s"] > 0
    assert {"import_s", "load_s", "device", "threads"} <= set(values)


def test_the_bare_pass_is_the_network_of_the_reader(loaded):
    """Same numbers as the reading: the ratio compares like with like."""
    import numpy as np
    import torch

    from lmcore.text.words import split

    sentence = split("She sat on the bank.")
    with torch.inference_mode():
        top = loaded["bert"].forward_pass(sentence)().last_hidden_state[0].numpy()
        forward = loaded["elmo"].forward_pass(sentence)().forward[-1, 0, 1:-1].numpy()
    (bert,), (elmo,) = loaded["bert"].read([sentence]), loaded["elmo"].read([sentence])
    np.testing.assert_allclose(bert.piece_layers[-1], top, atol=1e-5)
    np.testing.assert_allclose(elmo.layers[-1, :, : forward.shape[-1]], forward, atol=1e-5)


@pytest.mark.slow
def test_one_flat_object(monkeypatch, capsys):
    monkeypatch.setattr("lmcore.readers.families", lambda: ["static"])
    assert speed.bench(json=True) == 0
    out, err = capsys.readouterr()
    values = json.loads(out)
    assert not any(isinstance(value, dict | list) for value in values.values())
    assert {"import_s", "static_load_s", "static_read_ms_16"} <= set(values)
    assert "static" in err


@pytest.mark.slow
def test_a_reader_without_weights_is_a_failure(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr("lmcore.readers.families", lambda: ["gpt"])
    assert speed.bench(json=True, root=tmp_path) == 1
    out, err = capfd.readouterr()
    assert json.loads(out) == {}
    assert "GPT has no weights" in err
    assert "Traceback" not in err


def script(monkeypatch, folder, text: str | None) -> None:
    """Let ``docs/measure_pages.py`` be this text, or be missing."""
    (folder / "docs").mkdir()
    if text is not None:
        (folder / "docs" / "measure_pages.py").write_text(text)
    monkeypatch.setattr("lmcore.runtime.checkpoints.PROJECT", folder)


def test_pages_are_measured_by_a_script_of_their_own(monkeypatch, tmp_path):
    script(monkeypatch, tmp_path, """print('{"head_change_ms": 12.5, "pages_reason": "no x"}')""")
    values = pages()
    assert values["head_change_ms"] == 12.5
    assert values["attention_payload_64"] is None
    assert values["pages_reason"] == "no x"


@pytest.mark.parametrize(
    ("text", "reason"),
    [(None, "measure_pages.py is missing"), ("raise SystemExit('port taken')", "port taken")],
)
def test_pages_that_cannot_be_measured_say_why(monkeypatch, tmp_path, text, reason):
    script(monkeypatch, tmp_path, text)
    values = pages()
    assert reason in values.pop("pages_reason")
    assert set(values) == set(speed.PAGE_KEYS)
    assert not any(values.values())
