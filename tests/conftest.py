"""What several tests share: the shipped checkpoints, and text that must not break anything."""

from pathlib import Path

import pytest
import torch

from lmcore.readers import families, load
from lmcore.readers.base import Reader

# Two workers share two cores: more threads would only wait for each other.
torch.set_num_threads(1)

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

#: Text that must give one clear sentence or a correct result, never a traceback.
HOSTILE = {
    "empty": "",
    "blanks": "   \t ",
    "no_letters": "?!… --",
    "one_character": "a",
    "long": "word " * 5_000,
    "control": "a\x00b\x07c\x1b[31m d",
    "emoji": "I ❤️ 👩‍👩‍👧 and 😀hello",
    "chinese": "我在银行存钱，然后去河边。",
    "right_to_left": "ذهبت إلى البنك ثم إلى النهر שלום",
    "html": "<b>bold</b><script>alert('x')</script><img src=x onerror=alert(1)>",
    "markdown": "# heading **bold** [link](javascript:alert(1)) `code` ~~x~~ :red[x] :smile:",
    "latex": "It cost $5 and then $10 more: $\\frac{1}{2}$",
    "special": "[MASK] [SEP] [CLS] <s> </s> <unk> <S> [PAD] {0} {name} %s",
    "combining": "cafe\u0301 na\u0308ive \u0301 alone",
    "surrogate_like": "\ufffd \ufffe x",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that drive a browser come first: they take longest, and the last file runs alone."""
    driving = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in driving)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with reference data, or a skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared (reference data that is not part of the project)")
    return SHARED


@pytest.fixture(scope="session")
def loaded() -> dict[str, Reader]:
    """Every shipped reader."""
    return {family: load(family) for family in families()}


@pytest.fixture(params=["elmo", "gpt", "bert", "static"])
def reader(request: pytest.FixtureRequest, loaded: dict[str, Reader]) -> Reader:
    """Each shipped reader in turn."""
    return loaded[request.param]


@pytest.fixture(params=["elmo", "gpt", "bert"])
def contextual(request: pytest.FixtureRequest, loaded: dict[str, Reader]) -> Reader:
    """Each shipped reader that looks at context."""
    return loaded[request.param]
