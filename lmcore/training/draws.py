"""A packed corpus on the device that learns, and rows drawn from it there.

Nothing here waits for the device: no length is asked for, no number comes back. A row is read by
its places in the corpus, so that a whole batch is one look-up.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lmcore.training.packing import Packed


@dataclass(frozen=True)
class DeviceCorpus:
    """A packed corpus as tensors of one device.

    Attributes:
        ids: every piece (or word type) in order, int32 ``[pieces]``.
        starts: where each sentence begins, with the end as a last entry, int64 ``[sentences + 1]``.
        last: bool ``[sentences]``, true where no sentence of the same document follows.
    """

    ids: Tensor
    starts: Tensor
    last: Tensor

    @classmethod
    def of(cls, packed: Packed, device: torch.device) -> "DeviceCorpus":
        """The whole corpus, copied to a device once (4 bytes a piece)."""
        return cls(
            torch.from_numpy(packed.ids.astype(np.int32)).to(device),
            torch.from_numpy(packed.sentence_starts.astype(np.int64)).to(device),
            torch.from_numpy(packed.last_sentence_of_document()).to(device),
        )

    @property
    def device(self) -> torch.device:
        """Where it stands."""
        return self.ids.device

    def sentences(self, count: int, generator: torch.Generator) -> Tensor:
        """``count`` sentences drawn evenly, int64 ``[count]``."""
        high = len(self.starts) - 1
        return torch.randint(0, high, (count,), generator=generator, device=self.device)

    def runs(self, begin: Tensor, length: int) -> Tensor:
        """Running text: int64 ``[rows, length]`` from places ``begin [rows]``, moved back where the
        corpus would end.
        """
        begin = begin.clamp(0, len(self.ids) - length)
        places = begin[:, None] + torch.arange(length, device=self.device)
        return self.ids[places].long()


def generator(device: torch.device, *numbers: int) -> torch.Generator:
    """A generator of a device that depends on some numbers only (seed, step, part of a batch)."""
    state = np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(state >> np.uint64(1)))


def pairs(
    corpus: DeviceCorpus, rows: int, length: int, random: torch.Generator, marks: tuple[int, int]
) -> tuple[Tensor, Tensor, Tensor]:
    """Rows of BERT: every second one is one text, the others are two (Devlin et al. 2018, 3.1).

    Of two texts the first is a sentence (its last 70 % of a row at the most); the second is what
    follows it in its document or, in half of the cases, another place.

    Args:
        corpus: where they come from.
        rows: how many.
        length: of each, with its marks.
        random: decides.
        marks: ids that begin a row and that end a text.

    Returns:
        ids and segments, int64 ``[rows, length]``; labels ``[rows]``: 0 the second text follows,
        1 it does not, -100 there is only one.
    """
    device, room = corpus.device, length - 3
    sentence = corpus.sentences(rows, random)
    double = torch.arange(rows, device=device) % 2 == 1
    begin, end = corpus.starts[sentence], corpus.starts[sentence + 1]
    kept = torch.minimum(end - begin, torch.full_like(end, int(0.7 * room)))
    size = torch.where(double, kept, length - 2)  # of the first text
    first = torch.where(double, end - kept, begin.clamp_max(len(corpus.ids) - length + 2))
    away = (torch.rand(rows, generator=random, device=device) < 0.5) | corpus.last[sentence]
    after = torch.where(away, corpus.sentences(rows, random), sentence + 1)
    second = torch.minimum(corpus.starts[after], len(corpus.ids) - room + size)
    place = torch.arange(length, device=device)[None]
    size = size[:, None]
    source = torch.where(
        place <= size, first[:, None] + place - 1, second[:, None] + place - size - 2
    )
    ids = corpus.ids[source.clamp(0, len(corpus.ids) - 1)].long()
    ids = torch.where((place == size + 1) | (place == length - 1), marks[1], ids)
    ids = torch.where(place == 0, marks[0], ids)
    segments = (place > size + 1).long()
    labels = torch.where(double, away.long(), -100)
    return ids, segments, labels


def masked(
    ids: Tensor, share: float, random: torch.Generator, specials: int, vocabulary: int, mask: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Pieces to predict: of those drawn 80 % masked, 10 % replaced, 10 % left (Devlin 2018, 3.1).

    Exactly this share is drawn, so that no batch has another size than the one before.

    Args:
        ids: int64 ``[rows, length]``.
        share: of all positions.
        random: decides.
        specials: ids below this one are never drawn.
        vocabulary: number of entries.
        mask: id of the mask.

    Returns:
        ids ``[rows, length]`` with the masks; places ``[K]`` in the flat batch, ascending; targets
        ``[K]``.
    """
    flat, device = ids.flatten(), ids.device
    chance = torch.rand(len(flat), generator=random, device=device)
    chance = chance.masked_fill(flat < specials, -1.0)
    count = max(1, round(share * (ids.shape[1] - 2) * len(ids)))
    places = chance.topk(count).indices.sort().values
    targets = flat[places]
    kind = torch.rand(count, generator=random, device=device)
    other = torch.randint(specials, vocabulary, (count,), generator=random, device=device)
    changed = torch.where(kind < 0.8, mask, torch.where(kind < 0.9, other, targets))
    return flat.index_copy(0, places, changed).view_as(ids), places, targets
