"""A small reverse proxy on this machine: it adds headers to every answer and lets WebSockets pass.

One request a connection, so that every answer begins where its connection begins.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress

from docs.browser import free_port

_END = b"\r\n\r\n"


class Proxy:
    """Use as a context manager.

    Args:
        target: port of the app.
        headers: added to every answer that is no WebSocket.
    """

    def __init__(self, target: int, headers: Mapping[str, str]) -> None:
        self.target, self.headers = target, dict(headers)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._listener = socket.create_server(("127.0.0.1", self.port))

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._one, args=(client,), daemon=True).start()

    def _one(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(("127.0.0.1", self.target)) as app:
            head, rest = _head(client)
            if not head:
                return
            lines = head.split(b"\r\n")
            upgrade = any(line.lower().startswith(b"upgrade:") for line in lines)
            if not upgrade:
                lines = [x for x in lines if not x.lower().startswith(b"connection:")]
                lines.append(b"Connection: close")
            app.sendall(b"\r\n".join(lines) + _END + rest)
            back = threading.Thread(target=_pass, args=(client, app), daemon=True)
            back.start()
            head, rest = _head(app)
            if not upgrade:
                own = [f"{name}: {value}".encode() for name, value in self.headers.items()]
                head = b"\r\n".join([head, *own])
            client.sendall(head + _END + rest)
            _pass(app, client)


def _head(sender: socket.socket) -> tuple[bytes, bytes]:
    """The head of a message, and what has come of its body."""
    data = b""
    while _END not in data:
        more = sender.recv(65_536)
        if not more:
            return b"", b""
        data += more
    head, _, rest = data.partition(_END)
    return head, rest


def _pass(sender: socket.socket, receiver: socket.socket) -> None:
    """Everything that one says, to the other; the end too."""
    with suppress(OSError):
        while data := sender.recv(65_536):
            receiver.sendall(data)
    with suppress(OSError):
        receiver.shutdown(socket.SHUT_WR)
