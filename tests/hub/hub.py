"""A server on loopback that answers like a model hub, with the faults that a test asks for."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
#: Files of at least this size are large ones: kept elsewhere, named by SHA-256.
LARGE = 10_000


@dataclass
class Hub:
    """Repositories by name, each with its files, and what goes wrong.

    Attributes:
        encodings: of each name of a file, after how many bytes its next answers break off.
        wrong: names of files whose bytes arrive altered.
        short: names of files that are shorter than the hub says.
        status: an answer instead of any file of a repository.
        renamed: old names of repositories that lead to new ones.
        ranges: whether parts of a file are given out.
        slow: seconds between two blocks of an answer.
        asked: every request: method, path, range.
    """

    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    cuts: dict[str, list[int]] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    short: set[str] = field(default_factory=set)
    status: dict[str, int] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    slow: float = 0.0
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    tokens: list[tuple[str, str | None]] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    url: str = ""


def tag_of(content: bytes) -> str:
    """The name of a file's blob."""
    if len(content) >= LARGE:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        hub = self.hub
        hub.asked.append((self.command, self.path, self.headers.get("Range")))
        hub.tokens.append((self.path, self.headers.get("Authorization")))
        parts = self.path.strip("/").split("/")
        if parts[0] == "cdn":
            self._bytes("/".join(parts[1:3]), parts[3], body)
            return
        repository, name = "/".join(parts[:2]), parts[-1]
        if repository in hub.renamed:
            self._plain(307, {"Location": self.path.replace(repository, hub.renamed[repository])})
            return
        if repository in hub.status:
            self._plain(hub.status[repository], {})
            return
        if repository not in hub.repositories:
            self._plain(404, {"X-Error-Code": "RepoNotFound"})
            return
        content = hub.repositories[repository].get(name)
        if content is None:
            self._plain(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            return
        if len(content) >= LARGE:
            headers = {
                "Location": f"{hub.url.replace('127.0.0.1', 'localhost')}/cdn/{repository}/{name}",
                "X-Linked-Etag": f'"{tag_of(content)}"',
                "X-Linked-Size": str(len(content)),
                "X-Repo-Commit": COMMIT,
            }
            self._plain(302, headers)
        else:
            self._bytes(repository, name, body)

    def _plain(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _bytes(self, repository: str, name: str, body: bool) -> None:
        hub = self.hub
        content = whole = hub.repositories[repository][name]
        if name in hub.wrong:
            content = bytes([content[0] ^ 1]) + content[1:]
        if name in hub.short:
            content = content[:-1]
        start, asked = 0, self.headers.get("Range")
        if asked and hub.ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                self._plain(416, {})
                return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("ETag", f'"{tag_of(whole)}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if not body:
            return
        cuts = hub.cuts.get(name)
        end = start + cuts.pop(0) if cuts else len(content)
        for place in range(start, min(end, len(content)), 1 << 14):
            self.wfile.write(content[place : min(end, place + (1 << 14))])
            if hub.slow and hub.go.wait(hub.slow):
                break
        if end < len(content):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def running() -> Iterator[Hub]:
    """A hub on a free port of loopback, stopped at the end."""
    hub = Hub()
    handler = type("Own", (Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.go.set()
        server.shutdown()
        server.server_close()
