"""Downloads from a server on loopback that behaves like the hub, and everything that goes wrong."""

import errno
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lmcore.errors import ReadersError
from lmcore.hub import download as module
from lmcore.hub import files, installed, policy, transfer
from lmcore.hub.download import Downloads, Progress
from tests.hub import hub as fake
from tests.hub.hub import COMMIT, Hub, tag_of

ID = "org/tiny-bert"
WEIGHTS = random.Random(7).randbytes(700_000)
CONFIG, WORDS = b'{"model_type": "bert"}', b"[PAD]\n[UNK]\n"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with fake.running() as server:
        server.repositories[ID] = {
            "config.json": CONFIG,
            "vocab.txt": WORDS,
            "model.safetensors": WEIGHTS,
        }
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("THREE_READERS_MODELS", f"bert:{ID}")
        monkeypatch.setattr(transfer, "PATIENCE", 0.001)
        for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", policy.DOWNLOADS):
            monkeypatch.delenv(name, raising=False)
        yield server


def fetched(downloads: Downloads | None = None) -> Progress:
    ended = (downloads or Downloads()).start(ID).wait(30)
    assert not ended.active
    return ended


def failed(code: str) -> ReadersError:
    ended = fetched()
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error.code == code
    assert str(ended.error)
    return ended.error


def cache() -> Path:
    return installed.hub_cache() / "models--org--tiny-bert"


def test_files_stand_where_the_hubs_own_library_finds_them(hub: Hub):
    ended = fetched()
    assert (ended.state, ended.done, ended.total) == ("done", ended.total, ended.done)
    assert ended.total == len(WEIGHTS) + len(CONFIG) + len(WORDS)
    snapshot = cache() / "snapshots" / COMMIT
    assert (snapshot / "model.safetensors").read_bytes() == WEIGHTS
    assert (snapshot / "model.safetensors").is_symlink()
    assert (cache() / "blobs" / tag_of(WEIGHTS)).read_bytes() == WEIGHTS
    model = policy.find(ID)
    assert model is not None
    assert installed.place(model) == snapshot
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(ID, "vocab.txt", cache_dir=installed.hub_cache())
    assert found == str(snapshot / "vocab.txt")


def test_a_second_download_fetches_nothing_again(hub: Hub):
    fetched()
    hub.asked.clear()
    assert fetched().state == "done"
    assert {method for method, _, _ in hub.asked} == {"HEAD"}


def test_a_broken_connection_is_taken_up_where_it_broke(hub: Hub):
    hub.cuts["model.safetensors"] = [100_000, 1, 250_000]
    assert fetched().state == "done"
    starts = [asked for method, path, asked in hub.asked if "cdn" in path and method == "GET"]
    # What arrived of the last block is lost, and a connection that brings nothing costs a try.
    assert starts == [None, "bytes=65536-", "bytes=65536-", "bytes=262144-"]
    assert (cache() / "snapshots" / COMMIT / "model.safetensors").read_bytes() == WEIGHTS


def test_a_file_cut_short_is_kept_and_resumed_by_a_later_download(hub: Hub):
    hub.cuts["model.safetensors"] = [300_000] + [0] * 20
    error = failed("download_cut_short")
    assert error.values["file"] == "model.safetensors"
    assert error.values["got"] == "262 kB"
    model = policy.find(ID)
    assert model is not None
    assert installed.place(model) is None
    hub.cuts.clear()
    hub.asked.clear()
    ended = fetched()
    assert ended.state == "done"
    assert [asked for _, path, asked in hub.asked if "cdn" in path] == ["bytes=262144-"]


def test_a_file_shorter_than_promised_is_no_file(hub: Hub):
    hub.short.add("model.safetensors")
    failed("download_cut_short")


def test_a_server_without_ranges_sends_the_whole_again(hub: Hub):
    hub.cuts["model.safetensors"], hub.ranges = [100_000], False
    ended = fetched()
    assert (ended.state, ended.done) == ("done", ended.total)
    assert (cache() / "snapshots" / COMMIT / "model.safetensors").read_bytes() == WEIGHTS


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt"])
def test_a_wrong_checksum_leaves_nothing_behind(hub: Hub, name: str):
    hub.wrong.add(name)
    assert failed("download_checksum").values["file"] == name
    content = hub.repositories[ID][name]
    assert not list((cache() / "blobs").glob(tag_of(content) + "*"))
    hub.wrong.clear()
    assert fetched().state == "done"


def test_cancelled_in_the_middle_and_gone_on_with(hub: Hub):
    hub.slow = 0.05
    downloads = Downloads()
    job = downloads.start(ID)
    assert downloads.start(ID) is job, "the same download for everybody"
    until = time.monotonic() + 20
    while job.progress().done < 100_000 and time.monotonic() < until:
        time.sleep(0.01)
    told = job.progress()
    assert told.state == "running"
    assert told.file == "model.safetensors"
    assert told.rate > 0
    assert told.seconds_left is not None
    assert 0 < told.seconds_left < 600
    job.cancel()
    ended = job.wait(10)
    assert ended.state == "cancelled"
    assert ended.error is not None
    assert ended.error.code == "download_cancelled"
    hub.slow = 0
    hub.asked.clear()
    assert downloads.start(ID).wait(30).state == "done"
    resumed = [asked for _, path, asked in hub.asked if "cdn" in path]
    assert len(resumed) == 1
    assert resumed[0] is not None
    assert int(resumed[0].removeprefix("bytes=").rstrip("-")) >= 100_000


def test_one_download_waits_for_the_other(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("THREE_READERS_MODELS", f"bert:{ID},bert:org/other")
    hub.repositories["org/other"] = dict(hub.repositories[ID])
    hub.slow = 0.05
    downloads = Downloads()
    first, second = downloads.start(ID), downloads.start("org/other")
    time.sleep(0.3)
    assert {first.progress().state, second.progress().state} == {"running", "waiting"}
    waiting = first if first.progress().state == "waiting" else second
    waiting.cancel()
    assert waiting.wait(5).state == "cancelled"
    hub.slow = 0
    hub.go.set()
    (first if waiting is second else second).cancel()


def test_safetensors_before_pickled_weights_but_those_where_there_are_no_others(hub: Hub):
    hub.repositories[ID]["pytorch_model.bin"] = WEIGHTS[::-1]
    fetched()
    assert not (cache() / "snapshots" / COMMIT / "pytorch_model.bin").exists()
    del hub.repositories[ID]["model.safetensors"]
    assert fetched().state == "done"
    assert (cache() / "snapshots" / COMMIT / "pytorch_model.bin").read_bytes() == WEIGHTS[::-1]


def test_a_renamed_repository_is_followed(hub: Hub):
    hub.renamed[ID] = "org/new-name"
    hub.repositories["org/new-name"] = hub.repositories.pop(ID)
    assert fetched().state == "done"
    assert (cache() / "snapshots" / COMMIT / "model.safetensors").is_file()


def test_the_token_goes_to_the_hub_and_not_to_where_it_sends_on(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetched()
    assert all(token == "Bearer hf_secret" for path, token in hub.tokens if "cdn" not in path)
    assert [token for path, token in hub.tokens if "cdn" in path] == [None]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "download_refused"),
        (401, "download_refused"),
        (407, "download_proxy"),
        (500, "download_server"),
        (503, "download_server"),
    ],
)
def test_a_refusal_has_its_sentence(hub: Hub, status: int, code: str):
    hub.status[ID] = status
    failed(code)


def test_no_such_repository_and_no_such_file(hub: Hub):
    words = hub.repositories[ID].pop("vocab.txt")
    assert failed("download_not_found").values["file"] == "tokenizer.json"
    hub.repositories[ID]["vocab.txt"] = words
    hub.repositories["org/else"] = hub.repositories.pop(ID)
    assert failed("download_not_found").values["model"] == ID


def test_no_network(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    assert failed("download_no_network").values["host"] == f"127.0.0.1:{port}"


def test_a_proxy_is_used_and_its_refusal_said(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    """The proxy of the usual variable is asked for everything; one that is not there refuses."""
    for name in ("NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example.org")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    failed("download_proxy")
    monkeypatch.setenv("http_proxy", hub.url)
    monkeypatch.setattr(fake.Handler, "do_HEAD", lambda own: own._plain(407, {}))
    assert failed("download_proxy").values["host"] == "hub.example.org"


def test_a_login_page_is_no_hub(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fake.Handler, "do_HEAD", lambda own: own._plain(200, {"ETag": '"x"'}))
    failed("download_not_hub")
    monkeypatch.setenv("HF_ENDPOINT", "not an address")
    failed("download_not_hub")


def test_a_hostile_hub_writes_no_file_elsewhere(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    headers = {"ETag": '"../../../evil"', "X-Repo-Commit": COMMIT}
    monkeypatch.setattr(fake.Handler, "do_HEAD", lambda own: own._plain(200, headers))
    failed("download_not_hub")


def test_too_little_room_is_said_before_a_byte_is_fetched(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "free", lambda folder: 50_000_000)
    error = failed("download_disk_full")
    assert error.values["free"] == "50 MB"
    assert not [path for method, path, _ in hub.asked if method == "GET"]


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "download_disk_full"), (errno.EACCES, "download_not_writable")],
)
def test_the_disk_fails_in_the_middle(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, number: int, code: str
):
    def full(*_: object) -> bool:
        raise OSError(number, "no")

    monkeypatch.setattr(module.files, "link", full)
    failed(code)


def test_downloads_switched_off_and_names_that_are_not_on_the_list(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    for name in ("org/else", "../../etc", "folder:bert", "google-bert/bert-base-uncased", ""):
        with pytest.raises(ReadersError) as caught:
            Downloads().start(name)
        assert caught.value.code == "published_not_allowed"
    monkeypatch.setenv(policy.DOWNLOADS, "off")
    with pytest.raises(ReadersError) as caught:
        Downloads().start(ID)
    assert caught.value.code == "download_off"
    assert hub.asked == []


def test_an_unforeseen_fault_ends_the_download(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise ValueError("x")

    monkeypatch.setattr(module.remote, "describe", broken)
    monkeypatch.setattr(threading, "excepthook", lambda *_: None)
    assert failed("download_broken").values["detail"] == "ValueError"


def test_looking_asks_no_network(hub: Hub):
    for model in policy.allowed().values():
        assert installed.place(model) is None
    downloads = Downloads()
    assert downloads.job(ID) is None
    downloads.forget(ID)
    assert hub.asked == []
