"""Does an error of a backend mean that its device's memory ran out?"""

from __future__ import annotations


def out_of_memory(error: BaseException) -> bool:
    """Whether a backend says that its device's memory ran out, each in its own words."""
    text = f"{type(error).__name__} {error}".lower()
    return any(
        sign in text for sign in ("resourceexhausted", "resource_exhausted", "out of memory")
    )
