"""The published readers that are loaded now: one model_cache for the whole process.

A published model takes hundreds of megabytes. As many stay as there is room for; before another is
loaded, those unused for longest make way until it fits. Whoever still reads with one that was taken
from the model_cache keeps it until done: its memory comes back when the last reference is gone.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from lmcore.errors import CheckpointError, lacks_memory
from lmcore.hub import installed, load, memory, policy
from lmcore.hub.catalogue import PublishedModel
from lmcore.readers.base import Reader

#: No more published readers than this at once, however much room there is: two sets of three.
MOST = 6


def load_allowed(model: PublishedModel) -> Reader:
    """Load an allowed model from where it stands.

    Raises:
        CheckpointError: ``published_absent`` where it is not here, or what loading finds wrong.
    """
    folder = installed.place(model)
    if folder is None:
        raise CheckpointError("published_absent", name=model.name)
    facts = load.describe(folder, model.name)
    if facts.family != model.family:
        odd = f"{facts.architecture}, listed as {model.family}"
        raise CheckpointError("published_unknown", folder=model.name, architecture=odd)
    return installed.named(load.load_published(folder, name=model.name), model)


@dataclass
class ModelCache:
    """Loaded readers by the identifier of their model, the one used last at the end.

    Attributes:
        loader: loads a model.
        available: bytes of memory that can be had, or ``None`` where nobody knows.
        most: how many readers stand here at the most.
    """

    loader: Callable[[PublishedModel], Reader] = load_allowed
    available: Callable[[], int | None] = installed.room
    most: int = MOST
    _held: OrderedDict[str, Reader] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _loading: threading.Lock = field(default_factory=threading.Lock)

    def reader(self, identifier: str) -> Reader:
        """The reader of an allowed model, loaded now where it is not on the model_cache.

        Raises:
            ReadersError: ``published_not_allowed``, ``published_absent``, ``published_too_big``,
                ``published_too_big_alone``, or what loading finds wrong.
        """
        model = policy.find(identifier)
        if model is None:
            self.drop(identifier)
            raise CheckpointError("published_not_allowed", model=identifier)
        reader = self._taken(identifier)
        if reader is None:
            with self._loading:  # one at a time; who wants one that stands here need not wait
                reader = self._taken(identifier) or self._load(model)
        return reader

    def _taken(self, identifier: str) -> Reader | None:
        with self._lock:
            if identifier in self._held:
                self._held.move_to_end(identifier)
            return self._held.get(identifier)

    def held(self) -> list[str]:
        """Identifiers of the readers on the model_cache, the one unused for longest first."""
        with self._lock:
            return list(self._held)

    def drop(self, identifier: str) -> None:
        """Take a reader from the model_cache, where it stands there."""
        with self._lock:
            held = self._held.pop(identifier, None) is not None
        if held:
            memory.hand_back()

    def _load(self, model: PublishedModel) -> Reader:
        if installed.place(model) is not None:  # what is not here pushes nothing out
            self._make_room(model)
        try:
            reader = self.loader(model)
        except (MemoryError, RuntimeError) as error:
            if not lacks_memory(error):
                raise
            raise self._too_big(model) from error
        with self._lock:
            self._held[model.id] = reader
        return reader

    def _make_room(self, model: PublishedModel) -> None:
        while len(self._held) >= self.most or (self._held and not self._fits(model)):
            with self._lock:
                self._held.popitem(last=False)
            memory.hand_back()
        if not self._fits(model):
            raise self._too_big(model)

    def _fits(self, model: PublishedModel) -> bool:
        free, need = self.available(), load.needed(model)
        return free is None or need is None or need + memory.RESERVE <= free

    def _too_big(self, model: PublishedModel) -> CheckpointError:
        """The error that a model does not fit, naming a smaller one that would."""
        smaller = policy.find(model.smaller)
        while smaller is not None and not self._fits(smaller):
            smaller = policy.find(smaller.smaller)
        other = None if smaller is None else (load.needed(smaller), smaller.name)
        return load.too_big(model.name, load.needed(model), self.available(), other)


SHELF = ModelCache()
