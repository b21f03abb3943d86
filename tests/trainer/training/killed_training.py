"""A training in a process of its own, to be killed: FOLDER STEPS_BEFORE_THE_END resume|anew.

Ends itself by SIGKILL after so many steps (0: never); what it learned goes to FOLDER/weights.npz.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.trainer.training.drawn_cells import drawn_cells
from tests.trainer.training.tiny_network import QUICK, tiny_network, validation_set
from trainer.domain import Progress
from trainer.training.checkpoint import Checkpoint
from trainer.training.finetune import fine_tune
from trainer.training.task import FineTuneTask


def main(folder: Path, last: int, resume: bool) -> None:
    def watch(progress: Progress) -> None:
        if progress.done == last:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    network = tiny_network()
    recipe = replace(QUICK, steps=14, check_every=4, average_from=0.3)
    history = fine_tune(
        network,
        FineTuneTask(drawn_cells(), recipe, validation=validation_set()),
        checkpoint=Checkpoint(folder / "training" / "this"),
        resume=resume,
        on_progress=watch,
    )
    weights = {f"w{place}": array for place, array in enumerate(network.get_weights())}
    checks = np.array(history.checks)
    np.savez(folder / "weights.npz", loss=history.loss, checks=checks, **weights)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "resume")
