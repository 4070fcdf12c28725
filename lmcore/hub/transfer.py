"""The bytes of one file: fetched from where they broke off, again and again, until all are here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import requests

from lmcore.errors import DownloadError
from lmcore.hub import files, remote
from lmcore.hub.catalogue import PublishedModel
from lmcore.hub.remote import RemoteFile

#: Bytes that are written at once; of a connection that breaks, less than this is lost.
CHUNK = 1 << 16
#: So often a broken connection is taken up again without a new byte in between.
RETRIES = 5
#: Seconds before the first of these tries; they double from try to try.
PATIENCE = 0.5
#: What may heal by itself; a proxy that refuses and a bad certificate do not.
_PASSING = (
    requests.exceptions.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.Timeout,
)
_LASTING = (requests.exceptions.ProxyError, requests.exceptions.SSLError)


def transfer(
    session: requests.Session,
    model: PublishedModel,
    file: RemoteFile,
    part: Path,
    stop: threading.Event,
    moved: Callable[[int], None],
) -> None:
    """Append to a part of a file until it has its size.

    Args:
        session: asks the hub.
        model: whose file it is, for messages.
        file: which file.
        part: what is here of it; kept when this fails, so that a later call goes on.
        stop: ends the transfer when it is set.
        moved: told how many bytes came, or with a minus were given up.

    Raises:
        DownloadError: ``download_cancelled``, ``download_cut_short``, or the hub refuses.
        requests.RequestException: the hub cannot be reached at all.
        OSError: the disk is full or cannot be written to.
    """
    tries, most = RETRIES, -1
    while True:
        got = part.stat().st_size if part.is_file() else 0
        if file.size is not None and got > file.size:
            got = _give_up(part, moved)
        if got == file.size:
            return
        tries, most = (RETRIES if got > most else tries - 1), max(most, got)
        if tries < 0:
            raise DownloadError(
                "download_cut_short",
                file=file.name,
                got=files.size(got),
                size=files.size(file.size),
            )
        if tries < RETRIES:
            stop.wait(PATIENCE * 2.0 ** (RETRIES - tries - 1))
        if stop.is_set():
            raise DownloadError("download_cancelled", name=model.name)
        try:
            if _stream(session, model, file, part, stop, moved) and file.size is None:
                return
        except _PASSING as error:
            if isinstance(error, _LASTING) or (tries == 0 and not part.is_file()):
                raise


def _stream(
    session: requests.Session,
    model: PublishedModel,
    file: RemoteFile,
    part: Path,
    stop: threading.Event,
    moved: Callable[[int], None],
) -> bool:
    """Append what one answer of the hub holds; ``False`` where the part had to go instead."""
    got = part.stat().st_size if part.is_file() else 0
    headers = {"Range": f"bytes={got}-"} if got else {}
    with session.get(file.url, headers=headers, stream=True, timeout=remote.TIMEOUT) as answer:
        if answer.status_code == 416:  # the part does not belong to this file
            _give_up(part, moved)
            return False
        remote.check(answer, model, file.name)
        if got and answer.status_code != 206:  # the hub sends the whole file again
            _give_up(part, moved)
        with part.open("ab") as out:
            for block in answer.iter_content(CHUNK):
                if stop.is_set():
                    raise DownloadError("download_cancelled", name=model.name)
                out.write(block)
                out.flush()  # a full disk must show here, and a later download count on it
                moved(len(block))
    return True


def _give_up(part: Path, moved: Callable[[int], None]) -> int:
    """Delete a part that is of no use; none of it is here then."""
    if part.is_file():
        moved(-part.stat().st_size)
        part.unlink()
    return 0
