"""Asking a hub for one file: where it is, how large, and how to tell that it has arrived whole.

Only :mod:`lmcore.hub.download` uses this, and only when somebody asked for a download. The
usual environment variables hold: ``HF_ENDPOINT`` (a mirror), ``HF_TOKEN``, ``HTTPS_PROXY``,
``NO_PROXY``, ``REQUESTS_CA_BUNDLE``.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import requests

from lmcore.errors import DownloadError
from lmcore.hub.catalogue import HUB, PublishedModel

#: Seconds to wait for a connection, and for the next bytes of an answer.
TIMEOUT = (10, 30)
_REDIRECTS = 5
_COMMIT = re.compile(r"[0-9a-f]{40}")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True)
class RemoteFile:
    """One file of a repository as the hub describes it.

    Attributes:
        name: inside the repository.
        url: where it is asked for; the hub may send on from there.
        tag: SHA-256 of a large file, git's SHA-1 of a small one; the name of its blob here.
        commit: the state of the repository.
        size: bytes, ``None`` where the hub does not say.
    """

    name: str
    url: str
    tag: str
    commit: str
    size: int | None

    def matches(self, path: Path) -> bool:
        """Whether a file here is that very file, as far as its tag can tell."""
        if self.size is not None and path.stat().st_size != self.size:
            return False
        if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", self.tag):
            return True
        if len(self.tag) == 64:
            digest = hashlib.sha256()
        else:  # git hashes a header with the size first
            digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.hexdigest() == self.tag


def endpoint() -> str:
    """The hub or its mirror, without a slash at the end."""
    return (os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")


def host() -> str:
    """The name of the hub as a message shows it."""
    return urlsplit(endpoint()).netloc or endpoint()


def new_session() -> requests.Session:
    """A session that asks for plain bytes, with the operator's token where there is one."""
    session = requests.Session()
    session.headers["User-Agent"] = "three-readers"
    session.headers["Accept-Encoding"] = "identity"  # sizes and ranges are those of the file itself
    token = os.environ.get("HF_TOKEN")
    if token:
        session.headers["Authorization"] = f"Bearer {token}"
    return session


def describe(session: requests.Session, model: PublishedModel, name: str) -> RemoteFile | None:
    """What the hub says of a file, ``None`` where the repository lacks it.

    Args:
        session: asks the hub.
        model: whose file it is.
        name: of the file.

    Raises:
        DownloadError: see :func:`failed`; ``download_not_hub``, ``download_refused``,
            ``download_not_found`` (no such repository), ``download_server``.
    """
    url = f"{endpoint()}/{quote(model.id)}/resolve/main/{quote(name)}"
    commit = ""
    for _ in range(_REDIRECTS):
        answer = session.head(url, allow_redirects=False, timeout=TIMEOUT)
        code = answer.headers.get("X-Error-Code", "EntryNotFound")
        if answer.status_code == 404 and code == "EntryNotFound":
            return None  # the repository, which exists, has no such file
        check(answer, model, name)
        headers = answer.headers
        commit = headers.get("X-Repo-Commit") or commit
        tag = (headers.get("X-Linked-Etag") or headers.get("ETag") or "").removeprefix("W/")
        onward = headers.get("Location") if answer.is_redirect else None
        if onward is None or headers.get("X-Linked-Etag"):
            size = headers.get("X-Linked-Size") or (
                None if onward else headers.get("Content-Length")
            )
            return _file(model, name, tag.strip('"'), commit, size)
        new = urljoin(url, onward)
        if urlsplit(new).netloc != urlsplit(url).netloc:
            session = requests.Session()  # a token is for one host only
            session.headers["Accept-Encoding"] = "identity"
        url = new
    raise DownloadError("download_not_hub", host=host())


def _file(model: PublishedModel, name: str, tag: str, commit: str, size: str | None) -> RemoteFile:
    if not _COMMIT.fullmatch(commit) or not _TAG.fullmatch(tag):
        raise DownloadError("download_not_hub", host=host())
    url = f"{endpoint()}/{quote(model.id)}/resolve/{commit}/{quote(name)}"
    return RemoteFile(name, url, tag, commit, int(size) if size and size.isdigit() else None)


def check(answer: requests.Response, model: PublishedModel, name: str) -> None:
    """Turn a refusal of the hub into its sentence.

    Args:
        answer: of the hub.
        model: that was asked for.
        name: of the file.

    Raises:
        DownloadError: ``download_proxy``, ``download_refused``, ``download_not_found`` or
            ``download_server``.
    """
    status = answer.status_code
    if status < 400:
        return
    if status == 407:
        raise DownloadError("download_proxy", host=host(), detail=f"{status} {answer.reason}")
    code = answer.headers.get("X-Error-Code")
    if status in (401, 403) and code != "RepoNotFound":
        raise DownloadError("download_refused", host=host(), model=model.id, status=status)
    if status in (401, 404, 410):
        raise DownloadError("download_not_found", host=host(), model=model.id, file=name)
    raise DownloadError("download_server", host=host(), status=f"{status} {answer.reason}")


def failed(error: requests.RequestException) -> DownloadError:
    """The sentence for a request that got no answer."""
    if isinstance(error, requests.exceptions.ProxyError):
        return DownloadError("download_proxy", host=host(), detail=_reason(error))
    if isinstance(error, requests.exceptions.SSLError):
        return DownloadError("download_certificate", host=host(), detail=_reason(error))
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return DownloadError("download_not_hub", host=host())
    return DownloadError("download_no_network", host=host())


def _reason(error: BaseException) -> str:
    """The innermost cause, on one line and without addresses of objects."""
    text = str(error)
    inner = re.findall(r"[^'\"]*(?:Tunnel connection failed|refused|certificate)[^'\"]*", text)
    return " ".join((inner[-1] if inner else text).split())[:120].strip("() ,")
