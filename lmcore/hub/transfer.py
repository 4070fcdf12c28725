"""The bytes of one file: fetched from where they broke off, again and again, until all are here."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Transfer:
    """One file on its way.

    Attributes:
        session: asks the hub.
        model: whose file it is, for messages.
        file: which file.
        part: what is here of it; kept when this fails, so that a later call goes on.
        stop: ends the transfer when it is set.
        moved: told how many bytes came, or with a minus were given up.
    """

    session: requests.Session
    model: PublishedModel
    file: RemoteFile
    part: Path
    stop: threading.Event
    moved: Callable[[int], None]

    def run(self) -> None:
        """Append to the part until it has the size of the file.

        Raises:
            DownloadError: ``download_cancelled``, ``download_cut_short``, or the hub refuses.
            requests.RequestException: the hub cannot be reached at all.
            OSError: the disk is full or cannot be written to.
        """
        tries, most = RETRIES, -1
        name, whole = self.file.name, self.file.size
        while True:
            got = self._got()
            if whole is not None and got > whole:
                got = self._give_up()
            if got == whole:
                return
            tries, most = (RETRIES if got > most else tries - 1), max(most, got)
            if tries < 0:
                sizes = {"got": files.size(got), "size": files.size(whole)}
                raise DownloadError("download_cut_short", file=name, **sizes)
            if tries < RETRIES:
                self.stop.wait(PATIENCE * 2.0 ** (RETRIES - tries - 1))
            self._check()
            try:
                if self._stream() and whole is None:
                    return
            except _PASSING as error:
                if isinstance(error, _LASTING) or (tries == 0 and not self.part.is_file()):
                    raise

    def _got(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _check(self) -> None:
        if self.stop.is_set():
            raise DownloadError("download_cancelled", name=self.model.name)

    def _stream(self) -> bool:
        """Append what one answer of the hub holds; ``False`` where the part had to go instead."""
        got, url = self._got(), self.file.url
        headers = {"Range": f"bytes={got}-"} if got else {}
        with self.session.get(url, headers=headers, stream=True, timeout=remote.TIMEOUT) as answer:
            if answer.status_code == 416:  # the part does not belong to this file
                self._give_up()
                return False
            remote.check(answer, self.model, self.file.name)
            if got and answer.status_code != 206:  # the hub sends the whole file again
                self._give_up()
            with self.part.open("ab") as out:
                for block in answer.iter_content(CHUNK):
                    self._check()
                    out.write(block)
                    out.flush()  # a full disk must show here, and a later download count on it
                    self.moved(len(block))
        return True

    def _give_up(self) -> int:
        """Delete a part that is of no use; none of it is here then."""
        if self.part.is_file():
            self.moved(-self._got())
            self.part.unlink()
        return 0
