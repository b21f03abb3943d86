"""Contributions sum to the margin of a class, and know nothing of what classes have in common."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.imaging.heat_maps import contrast_of
from trainer.inference.contribution import (
    class_margins,
    contrast_maps,
    contribution_maps,
    logit_parts,
)
from trainer.inference.explanation import grad_cam
from trainer.models.head import Head
from trainer.models.probabilities import softmax

N, SIDE, K, C = 3, 4, 16, 5
RANDOM = np.random.default_rng(2)


def drawn(*shape: int) -> np.ndarray:
    return RANDOM.normal(size=shape).astype(np.float32)


FEATURES = np.abs(drawn(N, SIDE, SIDE, K))
WEIGHTS = RANDOM.dirichlet(np.ones(SIDE * SIDE), N).reshape(N, SIDE, SIDE).astype(np.float32)
POOLED = np.einsum("nhw,nhwk->nk", WEIGHTS, FEATURES)
HEADS = {
    "plain": Head(drawn(K, C), drawn(C)),
    "batch norm": Head(drawn(K, C), drawn(C), scale=np.abs(drawn(K)), shift=drawn(K)),
    "hidden layer": Head(
        drawn(8, C), drawn(C), hidden_kernel=drawn(K, 8), hidden_bias=np.abs(drawn(8))
    ),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_map_and_the_biases_sum_to_the_margin_of_the_class(name: str) -> None:
    head = HEADS[name]
    logits, gradient = head.logits(POOLED), head.gradient(POOLED)
    probabilities = softmax(logits, 1.5)
    maps = contribution_maps(logit_parts(FEATURES, gradient, WEIGHTS), probabilities)
    biases = logits - np.einsum("nck,nk->nc", gradient, POOLED)
    found = maps.sum(axis=(2, 3)) + class_margins(biases, probabilities)
    np.testing.assert_allclose(found, class_margins(logits, probabilities), atol=1e-4)


def test_the_margin_is_over_the_others_by_their_probability() -> None:
    logits = np.array([[2.0, 1.0, -3.0]])
    probabilities = np.array([[0.5, 0.4, 0.1]])
    found = class_margins(logits, probabilities)[0]
    expected = (2 - (0.4 * 1 - 0.1 * 3) / 0.5, 1 - (0.5 * 2 - 0.1 * 3) / 0.6)
    np.testing.assert_allclose(found[:2], expected)


@pytest.mark.parametrize("probability", [1.0, 1 - 1e-12])
def test_a_class_beyond_doubt_has_a_map(probability: float) -> None:
    probabilities = np.full((N, C), (1 - probability) / (C - 1))
    probabilities[:, 2] = probability
    parts = logit_parts(FEATURES, HEADS["plain"].gradient(POOLED), WEIGHTS)
    maps = contribution_maps(parts, probabilities)
    others = np.delete(parts, 2, axis=1).mean(axis=1)
    np.testing.assert_allclose(maps[:, 2], parts[:, 2] - others, rtol=1e-4, atol=1e-4)


def test_one_vector_added_to_all_classes_changes_no_contribution() -> None:
    gradient = HEADS["plain"].gradient(POOLED)
    moved = gradient + 3 * drawn(K)
    probabilities = softmax(HEADS["plain"].logits(POOLED))
    before, after = (
        contribution_maps(logit_parts(FEATURES, each, WEIGHTS), probabilities)
        for each in (gradient, moved)
    )
    np.testing.assert_allclose(before, after, atol=1e-4)
    assert np.abs(grad_cam(FEATURES, gradient) - grad_cam(FEATURES, moved)).max() > 0.1


def test_two_classes_against_each_other() -> None:
    head = HEADS["hidden layer"]
    logits, gradient = head.logits(POOLED), head.gradient(POOLED)
    first, second = np.array([0, 1, 2]), np.array([4, 0, 1])
    maps = contrast_maps(logit_parts(FEATURES, gradient, WEIGHTS), first, second)
    biases = logits - np.einsum("nck,nk->nc", gradient, POOLED)
    cells = np.arange(N)
    lead, of_biases = (each[cells, first] - each[cells, second] for each in (logits, biases))
    np.testing.assert_allclose(maps.sum(axis=(1, 2)) + of_biases, lead, atol=1e-4)
    probabilities = softmax(logits)
    stored = contribution_maps(logit_parts(FEATURES, gradient, WEIGHTS), probabilities)
    for row in range(N):
        found = contrast_of(stored[row], probabilities[row], int(first[row]), int(second[row]))
        np.testing.assert_allclose(found, maps[row], atol=1e-3)
