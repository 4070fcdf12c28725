"""Whatever Unicode a visitor types: every reader reads it, and every word has a vector."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmcore.text.words import split

#: Every category but lone surrogates, which are refused when a text is split.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(TEXT)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_word_has_a_vector(loaded, text):
    sentence = split(text)
    if not sentence.words:
        return
    for family, reader in loaded.items():
        reading = reader.read([sentence])[0]
        assert reading.word_pieces.any(axis=1).all(), family
        if family != "static":
            assert np.isfinite(reading.layers).all(), family
        assert all(0 <= note.word < len(sentence) for note in reading.notes)
