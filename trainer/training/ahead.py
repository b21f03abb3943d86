"""Things prepared in order by threads, a few ahead of whoever uses them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Made = TypeVar("Made")

_AHEAD = 4


def ahead(make: Callable[[int], Made], numbers: Sequence[int], workers: int) -> Generator[Made]:
    """What `make` gives for each number, in order; to be closed if it is not used up.

    Args:
        make: called by the threads, so it must depend on its number alone.
        numbers: of the things.
        workers: threads.
    """
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="vary") as pool:
        waiting = deque(pool.submit(make, number) for number in numbers[:_AHEAD])
        try:
            for place in range(len(numbers)):
                ready = waiting.popleft().result()
                if place + _AHEAD < len(numbers):
                    waiting.append(pool.submit(make, numbers[place + _AHEAD]))
                yield ready
        finally:
            for future in waiting:
                future.cancel()
