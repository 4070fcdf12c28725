"""Pooling of pieces to words, and similarity."""

import numpy as np

from lmcore.outputs.reading import cosine, cosine_matrix, pool_attention, pool_vectors

MEMBERSHIP = np.array([[0, 1, 1, 0, 0], [0, 0, 0, 1, 0]], dtype=bool)  # [CLS] a ##b c [SEP]


def test_vectors_are_the_mean_of_pieces():
    pieces = np.arange(10.0).reshape(1, 5, 2)
    expected = np.array([[[3.0, 4.0], [6.0, 7.0]]])
    np.testing.assert_allclose(pool_vectors(MEMBERSHIP, pieces), expected)


def test_attention_is_summed_to_and_averaged_from():
    attention = np.array([[[0.0] * 5, [0.1, 0.2, 0.3, 0.4, 0.0], [0.5, 0.1, 0.1, 0.1, 0.2],
                           [0.0, 0.25, 0.25, 0.5, 0.0], [0.0] * 5]])  # fmt: skip
    expected = np.array([[[(0.5 + 0.2) / 2, (0.4 + 0.1) / 2], [0.5, 0.5]]])
    np.testing.assert_allclose(pool_attention(MEMBERSHIP, attention), expected, atol=1e-7)


def test_a_piece_shared_by_two_words_is_not_counted_twice():
    shared = np.array([[1, 0], [1, 1]], dtype=bool)
    pooled = pool_attention(shared, np.array([[1.0, 0.0], [0.4, 0.6]]))
    np.testing.assert_allclose(pooled.sum(axis=1), [1.0, 1.0], atol=1e-6)


def test_cosine_of_a_missing_vector_is_nan():
    vectors = np.array([[1.0, 0.0], [np.nan, np.nan], [0.0, 0.0], [1.0, 1.0]])
    matrix = cosine_matrix(vectors)
    assert matrix[0, 0] == 1.0
    np.testing.assert_allclose(matrix[0, 3], 2**-0.5)
    assert np.isnan(matrix[0, 1])
    assert np.isnan(matrix[2, 0])
    assert np.isnan(cosine(vectors[1], vectors[0]))
