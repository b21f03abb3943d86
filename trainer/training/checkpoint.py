"""A training that was broken off, and everything that is needed to go on to the same result."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import remove_partial_files, write_with
from trainer.errors import UserError

FILE = "state.npz"
MAX_CHECKPOINTS = 4

Arrays = list[NDArray[Any]]


@dataclass(frozen=True, eq=False)
class TrainingState:
    """A training after `step` steps.

    Attributes:
        accumulation_steps: number of micro-batches in a batch.
        model, optimizer: every variable, in Keras' order.
        average: the running mean of the weights; empty before it began.
        n_averaged: moments in it.
        best: weights of the best moment; empty before the first check.
        best_loss, since, checks: as of `EarlyStopping`.
        loss, accuracy: of each step.
        seconds: spent so far.
    """

    step: int
    accumulation_steps: int
    model: Arrays
    optimizer: Arrays
    average: Arrays
    n_averaged: int
    best: Arrays
    best_loss: float
    wait: int
    checks: list[tuple[int, float, float]]
    loss: list[float]
    accuracy: list[float]
    seconds: float


class Checkpoint:
    """Keeps the state of one training in a folder of its own, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        """Args:
        folder: named after all that decides the result; other trainings' lie beside it.
        """
        self._folder = folder

    def for_repeat(self, number: int) -> Checkpoint:
        """Of one of several trainings of which one network is made; the first has no folder apart.

        Args:
            number: from 0 on.
        """
        return Checkpoint(self._folder / f"repeat {number}") if number else self

    def save(self, state: TrainingState) -> None:
        """Keep a state; the one before stays until this one is complete.

        Raises:
            UserError: the disk is full, or the folder cannot be written to.
        """
        arrays: dict[str, NDArray[Any]] = {
            "numbers": np.array(
                [state.step, state.accumulation_steps, state.n_averaged, state.wait], dtype=np.int64
            ),
            "reals": np.array([state.best_loss, state.seconds]),
            "checks": np.array(state.checks, dtype=np.float64).reshape(-1, 3),
            "history": np.array([state.loss, state.accuracy]),
        }
        for name in ("model", "optimizer", "average", "best"):
            for index, array in enumerate(getattr(state, name)):
                arrays[f"{name}/{index}"] = array

        def write(path: Path) -> None:
            with path.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]

        try:
            write_with(self._folder / FILE, write, durable=False)
        except UserError as error:
            hint = "Make room; the training goes on from the state before."
            raise UserError(error.message, hint, can_go_on=True) from error

    def load(self) -> TrainingState | None:
        """Return the saved state; None where there is none, or it is damaged."""
        try:
            with (
                (self._folder / FILE).open("rb") as stream,
                np.load(stream, allow_pickle=False) as file,
            ):
                arrays = {name: file[name] for name in file.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            return None
        step, parts, averaged, since = (int(value) for value in arrays["numbers"])
        return TrainingState(
            step=step,
            accumulation_steps=parts,
            model=_array_list(arrays, "model"),
            optimizer=_array_list(arrays, "optimizer"),
            average=_array_list(arrays, "average"),
            n_averaged=averaged,
            best=_array_list(arrays, "best"),
            best_loss=float(arrays["reals"][0]),
            wait=since,
            checks=[(int(one), float(two), float(three)) for one, two, three in arrays["checks"]],
            loss=arrays["history"][0].tolist(),
            accuracy=arrays["history"][1].tolist(),
            seconds=float(arrays["reals"][1]),
        )

    def remove(self) -> None:
        """Forget it, and the oldest of the others beyond a few."""
        shutil.rmtree(self._folder, ignore_errors=True)
        if not self._folder.parent.is_dir():
            return
        remove_partial_files(self._folder.parent)
        others = sorted(self._folder.parent.iterdir(), key=lambda path: path.stat().st_mtime)
        for folder in others[:-MAX_CHECKPOINTS]:
            shutil.rmtree(folder, ignore_errors=True)


def _array_list(arrays: dict[str, NDArray[Any]], name: str) -> Arrays:
    count = sum(key.startswith(f"{name}/") for key in arrays)
    return [arrays[f"{name}/{index}"] for index in range(count)]
