"""The study of a tuning: an SQLite file of the trials so far, which can be gone on with."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trainer.errors import UserError

STUDY_NAME = "tuning"
# Its empty tables take 150 kB, a trial less than 4 kB.
ROOM = 1_000_000


@contextmanager
def open_study(path: Path, purpose: Mapping[str, Any], seed: int) -> Iterator[Any]:
    """An Optuna study, new or as it was left; closed afterwards.

    Args:
        path: of the SQLite file.
        purpose: what makes trials comparable, JSON values.
        seed: of the order in which settings are tried.

    Raises:
        UserError: it is a study of something else, or the disk became full.
    """
    import optuna
    from sqlalchemy import URL
    from sqlalchemy.exc import OperationalError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    url = URL.create("sqlite", database=str(path)).render_as_string()
    try:
        storage = optuna.storages.RDBStorage(url)
        try:
            yield _study(storage, path, purpose, seed)
        finally:
            storage.engine.dispose()
    except OperationalError as error:
        raise _in_words(path, error) from error


def _study(storage: Any, path: Path, purpose: Mapping[str, Any], seed: int) -> Any:
    import optuna

    study = optuna.create_study(
        storage=storage,
        study_name=STUDY_NAME,
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4),
        load_if_exists=True,
    )
    if study.user_attrs and study.user_attrs != purpose:
        raise UserError(
            f"{path.parent} holds a tuning of something else.",
            "Choose another --out; a tuning goes on only with the same data and fixed settings.",
        )
    for name, value in purpose.items():
        study.set_user_attr(name, value)
    running = optuna.trial.TrialState.RUNNING
    for trial in study.get_trials(deepcopy=False, states=(running,)):
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)  # of a program that died
    return study


def _in_words(path: Path, error: Exception) -> UserError:
    if "disk is full" in str(error):
        return UserError(
            f"The disk is full: {path} cannot take another trial.",
            "Free some space and give the command again; the trials so far are kept.",
        )
    return UserError(f"{path} cannot be used: {error.__cause__ or error}.", "Choose another --out.")
