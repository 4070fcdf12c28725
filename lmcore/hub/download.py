"""Bringing a published model here, when somebody asks for it: resumable, cancellable, checked.

Files go where every other program of the Hugging Face hub looks for them
(:func:`lmcore.hub.installed.hub_cache`), in its layout: ``blobs`` named by checksum, ``refs`` and
``snapshots`` with links. A file that has not arrived whole is ``blobs/….incomplete`` and is gone on
with later. Why not the hub's own library: it starts an interrupted file anew, cannot be stopped,
and asks the network unless a switch of the whole process forbids it.
"""

import errno
import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import requests
from filelock import FileLock, Timeout

from lmcore.errors import CheckpointError, DownloadError, ReadersError
from lmcore.hub import files, installed, policy, remote
from lmcore.hub.catalogue import PublishedModel
from lmcore.hub.remote import RemoteFile
from lmcore.hub.transfer import Transfer

State = Literal["waiting", "running", "checking", "done", "failed", "cancelled"]
#: Bytes that stay free on the disk beside the model.
SPARE = 100_000_000
#: Seconds over which the speed is measured.
WINDOW = 10.0


@dataclass(frozen=True)
class Progress:
    """Where a download stands.

    Attributes:
        state: ``waiting`` for another download, ``running``, ``checking`` the files that arrived,
            ``done``, ``failed`` or ``cancelled``.
        file: which file is being fetched or checked.
        done: bytes that are here, those of earlier attempts included.
        total: bytes of the whole model, ``None`` until the hub has said it.
        rate: bytes a second over the last seconds.
        error: why it failed or ended.
    """

    state: State
    file: str = ""
    done: int = 0
    total: int | None = None
    rate: float = 0.0
    error: ReadersError | None = None

    @property
    def active(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in ("waiting", "running", "checking")

    @property
    def share(self) -> float:
        """How much is here, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the present speed; ``None`` where that cannot be said."""
        if self.total is None or self.rate <= 0:
            return None
        return max(0, self.total - self.done) / self.rate


class Job:
    """One download in a thread of its own.

    Args:
        model: what to fetch.
        turn: held while it runs, so that downloads follow one another.
    """

    def __init__(self, model: PublishedModel, turn: threading.Semaphore) -> None:
        self.model, self._turn = model, turn
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._state: State = "waiting"
        self._file, self._error = "", None
        self._done, self._total = 0, None
        self._marks: deque[tuple[float, int]] = deque()
        self._thread = threading.Thread(target=self._run, name=f"download {model.id}", daemon=True)

    _error: ReadersError | None
    _total: int | None

    def start(self) -> None:
        """Begin, in the background."""
        self._thread.start()

    def cancel(self) -> None:
        """End it soon; what has arrived stays for a later download."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> Progress:
        """Wait until it has ended, or so long."""
        self._thread.join(seconds)
        return self.progress()

    def progress(self) -> Progress:
        """Where it stands now."""
        with self._lock:
            marks = list(self._marks)
            rate = 0.0
            if len(marks) > 1 and marks[-1][0] > marks[0][0]:
                # Up to now, not up to the last bytes: a stalled connection must show.
                rate = (marks[-1][1] - marks[0][1]) / (time.monotonic() - marks[0][0])
            return Progress(self._state, self._file, self._done, self._total, rate, self._error)

    def _run(self) -> None:
        try:
            while not self._turn.acquire(timeout=0.2):
                self._check()
            try:
                self._fetch()
            finally:
                self._turn.release()
        except requests.RequestException as error:
            self._say("failed", remote.failed(error))
        except DownloadError as error:
            self._say("cancelled" if error.code == "download_cancelled" else "failed", error)
        except OSError as error:
            self._say("failed", self._trouble(error))
        except Exception as error:
            self._say("failed", DownloadError("download_broken", detail=type(error).__name__))
            raise  # nobody foresaw it: the log gets the traceback
        else:
            self._say("done")

    def _say(self, state: State, error: ReadersError | None = None) -> None:
        with self._lock:
            self._state, self._error = state, error

    def _check(self) -> None:
        if self._stop.is_set():
            raise DownloadError("download_cancelled", name=self.model.name)

    def _trouble(self, error: OSError) -> DownloadError:
        folder = installed.hub_cache()
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return self._no_room((self._total or 0) - self._done)
        return DownloadError(
            "download_not_writable", folder=folder, detail=error.strerror or type(error).__name__
        )

    def _no_room(self, wanted: int) -> DownloadError:
        folder = installed.hub_cache()
        free = files.free(folder)
        return DownloadError(
            "download_disk_full",
            folder=folder,
            free=files.size(free),
            need=files.size(wanted + SPARE),
        )

    def _fetch(self) -> None:
        self._say("running")
        folder = installed.repository(self.model)
        with remote.new_session() as session:
            wanted = self._files(session)
            blobs = folder / "blobs"
            blobs.mkdir(parents=True, exist_ok=True)
            here = {file.name: files.arrived(blobs / file.tag, file) for file in wanted}
            with self._lock:
                self._done = sum(here.values())
                if all(file.size is not None for file in wanted):
                    self._total = sum(file.size or 0 for file in wanted)
            missing = (self._total or 0) - self._done
            if missing > 0 and files.free(blobs) < missing + SPARE:
                raise self._no_room(missing)
            for file in wanted:
                self._one(session, file, folder)
        files.write_ref(folder, wanted[0].commit)

    def _files(self, session: requests.Session) -> list[RemoteFile]:
        """Of every group the first that the repository has, and the extras that it has."""
        files: dict[str, RemoteFile] = {}
        for group in self.model.files:
            file = None
            for name in group:
                self._check()
                file = file or remote.describe(session, self.model, name)
            if file is None:
                raise DownloadError(
                    "download_not_found", host=remote.host(), model=self.model.id, file=group[0]
                )
            files[file.name] = file
        for name in self.model.extras:
            self._check()
            if name not in files and (file := remote.describe(session, self.model, name)):
                files[name] = file
        return list(files.values())

    def _one(self, session: requests.Session, file: RemoteFile, folder: Path) -> None:
        """Fetch and check one file unless it is here, and link it into its snapshot."""
        blob = folder / "blobs" / file.tag
        locks = installed.hub_cache() / ".locks" / folder.name
        locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(locks / f"{file.tag}.lock")
        while True:
            self._check()
            try:
                lock.acquire(timeout=0.5)
                break
            except Timeout:
                continue  # another program fetches the same file
        try:
            with self._lock:
                self._file = file.name
            if not blob.is_file() or (file.size is not None and blob.stat().st_size != file.size):
                blob.unlink(missing_ok=True)
                self._arrive(session, file, blob)
            files.link(blob, folder / "snapshots" / file.commit / file.name)
        finally:
            lock.release()

    def _arrive(self, session: requests.Session, file: RemoteFile, blob: Path) -> None:
        """Fetch what is missing of a file and check the whole."""
        part = Path(f"{blob}.incomplete")
        Transfer(session, self.model, file, part, self._stop, self._add).run()
        self._say("checking")
        whole = file.matches(part)
        self._say("running")
        if not whole:
            self._add(-part.stat().st_size)
            part.unlink()
            raise DownloadError("download_checksum", file=file.name)
        os.replace(part, blob)

    def _add(self, count: int) -> None:
        now = time.monotonic()
        with self._lock:
            self._done += count
            self._marks.append((now, self._done))
            while self._marks and self._marks[0][0] < now - WINDOW:
                self._marks.popleft()


class Downloads:
    """The downloads of the whole process, one at a time; every visitor sees the same."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock, self._turn = threading.Lock(), threading.Semaphore(1)

    def start(self, identifier: str) -> Job:
        """Fetch an allowed model, or come back with the download that is fetching it.

        Raises:
            DownloadError: ``download_off``.
            CheckpointError: ``published_not_allowed``.
        """
        if not policy.downloads_allowed():
            raise DownloadError("download_off")
        model = policy.find(identifier)
        if model is None or model.is_folder:
            raise CheckpointError("published_not_allowed", model=identifier)
        with self._lock:
            job = self._jobs.get(identifier)
            if job is None or not job.progress().active:
                job = self._jobs[identifier] = Job(model, self._turn)
                job.start()
            return job

    def job(self, identifier: str) -> Job | None:
        """The last download of a model in this process, where there was one."""
        with self._lock:
            return self._jobs.get(identifier)

    def forget(self, identifier: str) -> None:
        """Drop what is known of a download that has ended."""
        with self._lock:
            job = self._jobs.get(identifier)
            if job is not None and not job.progress().active:
                del self._jobs[identifier]


DOWNLOADS = Downloads()
