"""Images preprocessed in child processes, where there are many cores.

Python runs one thread at a time, but for what OpenCV and numpy do outside of it. About a
third of preprocessing is Python, so threads stop being faster at a few cores.

A child reads tasks from its stdin and writes results to its stdout, both pickled by this
very program, until its stdin ends: so none outlives its parent, however that ended.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import cv2

from trainer.imaging.model_input import ImageTask, ModelInput, PreprocessedImage, Product
from trainer.imaging.preprocess import ViewParameters, preprocess_cells
from trainer.locations import program_command

log = logging.getLogger(__name__)

COMMAND = "preparer"
_MAX_THREADED_CORES = 4
_MIN_POOLED_IMAGES = 256  # threads have done them before the processes would be up
_READY_MESSAGE = "ready"
_PIPE_BYTES = 1 << 20
_CHILD_EXIT_ERROR = "The process that read it ended with exit code {code}."
_THREAD_COUNT_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def open_preprocessor(
    parameters: ViewParameters, keep: Product, images: int, workers: int
) -> Iterator[Callable[[ImageTask], PreprocessedImage]]:
    """`preprocess_cells` for `workers` threads: in processes where cores and images are many.

    Args:
        parameters: of the views.
        keep: what the results hold beside the view.
        images: how many there are.
        workers: threads that will call it at once, one for each core.
    """
    if workers <= _MAX_THREADED_CORES or images < _MIN_POOLED_IMAGES:
        yield partial(preprocess_cells, parameters=parameters, keep=keep)
        return
    pool = PreprocessPool(parameters, keep)
    try:
        yield pool.preprocess
    finally:
        pool.close()


class PreprocessPool:
    """A child process for each thread that calls it; it starts with the first image.

    Args:
        parameters: of the views.
        keep: what the results hold beside the view.
        command: what starts a child; None: this very program.
    """

    def __init__(
        self,
        parameters: ViewParameters,
        keep: Product = Product.NONE,
        command: list[str] | None = None,
    ) -> None:
        self._parameters = parameters
        self._keep = keep
        self._command = command or program_command(COMMAND)
        self._local = threading.local()
        self._children: list[_ChildProcess] = []
        self._lock = threading.Lock()

    def preprocess(self, task: ImageTask) -> PreprocessedImage:
        """As `preprocess_cells`; an image that ends its process is a failed one, no more."""
        child = self._child()
        if not child.is_ready:
            return preprocess_cells(task, self._parameters, self._keep)
        try:
            return child.preprocess(task)
        except (OSError, EOFError, pickle.UnpicklingError):
            self._local.child = None
            failed = ModelInput(task, error=_CHILD_EXIT_ERROR.format(code=child.close()))
            return PreprocessedImage(task, (failed,))

    def close(self) -> None:
        """End all children; no thread may call `preprocess` any more."""
        for child in self._children:
            child.close_stdin()
        for child in self._children:
            child.close()

    @property
    def pids(self) -> list[int]:
        """Of all children."""
        return [child.process.pid for child in self._children if child.process]

    def _child(self) -> _ChildProcess:
        child: _ChildProcess | None = getattr(self._local, "child", None)
        if child is None:
            child = self._local.child = _ChildProcess(self._command, self._parameters, self._keep)
            with self._lock:
                self._children.append(child)
        return child


class _ChildProcess:
    """One process. `is_ready` is False where it did not start, which is logged."""

    def __init__(self, command: list[str], parameters: ViewParameters, keep: Product) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.is_ready = False
        try:
            self.process = _start_process(command)
            self._send((parameters, keep))
            self.is_ready = self._receive() == _READY_MESSAGE
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            code = self.close()
            log.warning("no process makes images ready (%r, exit code %s)", error, code)

    def preprocess(self, task: ImageTask) -> PreprocessedImage:
        self._send(task)
        found: PreprocessedImage = self._receive()
        return found

    def close_stdin(self) -> None:
        if self.process and self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def close(self) -> int | None:
        """End it, and return its exit code."""
        self.close_stdin()
        if self.process is None:
            return None
        if self.process.stdout:
            self.process.stdout.close()
        try:
            return self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def _send(self, message: object) -> None:
        assert self.process and self.process.stdin
        pickle.dump(message, self.process.stdin, protocol=5)
        self.process.stdin.flush()

    def _receive(self) -> Any:
        assert self.process and self.process.stdout
        return pickle.load(self.process.stdout)  # noqa: S301 - our own child's


def _start_process(command: list[str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(os.environ),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdout
    _enlarge_pipe(process.stdout)
    return process


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Ours, with this program to be found and one thread for each process."""
    here = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (here, variables.get("PYTHONPATH"))))
    return {**variables, **dict.fromkeys(_THREAD_COUNT_VARIABLES, "1"), "PYTHONPATH": path}


def _enlarge_pipe(pipe: IO[bytes]) -> None:
    """Let a whole image into a pipe at once, where the system can."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def serve() -> int:
    """Run as a child: write the model inputs of each task until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the parent to decide
    cv2.setNumThreads(1)
    requests, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not be taken for a result
    with contextlib.suppress(EOFError, OSError), results:
        parameters, keep = pickle.load(requests)  # noqa: S301 - our own parent's
        result: object = _READY_MESSAGE
        while True:
            pickle.dump(result, results, protocol=5)
            results.flush()
            result = preprocess_cells(pickle.load(requests), parameters, keep)  # noqa: S301
    return 0
