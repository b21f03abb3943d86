"""The thread that serves the newest wishes only."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from leukogui.threads.latest_requests import LatestRequests

PATIENCE = 60.0


class Bench:
    """Serves words; one that is "slow" until it is let go, and "wrong" never."""

    def __init__(self) -> None:
        self.wishes = LatestRequests("bench", self._serve)
        self.served: list[str] = []
        self.began, self.go_on, self.last = (threading.Event() for _ in range(3))

    def _serve(self, word: str) -> None:
        if word == "wrong":
            raise ValueError(word)
        if word == "slow":
            self.began.set()
            assert self.go_on.wait(PATIENCE)
        if word == "ready":
            self.wishes.release()
            self.began.set()
            assert self.go_on.wait(PATIENCE)
        self.served.append(word)
        if word == "last":
            self.last.set()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.go_on.set()
    bench.wishes.close()


@pytest.mark.parametrize("again", [True, False])
def test_what_waits_gives_way(bench: Bench, again: bool) -> None:
    bench.wishes.request(["slow", "dropped"])
    assert bench.began.wait(PATIENCE)
    bench.wishes.request(["slow", "last"], again=again)
    bench.go_on.set()
    assert bench.last.wait(PATIENCE)
    assert bench.served == ["slow"] * (1 + again) + ["last"]


def test_what_was_handed_over_is_served_once_more_if_it_is_wanted_again(bench: Bench) -> None:
    """Else a picture that came too late for one view would be missed by the next."""
    bench.wishes.request(["ready"], again=False)
    assert bench.began.wait(PATIENCE)
    bench.wishes.request(["ready", "last"], again=False)
    bench.go_on.set()
    assert bench.last.wait(PATIENCE)
    assert bench.served == ["ready", "ready", "last"]


def test_a_mistake_is_reported_and_costs_one_wish(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    bench.wishes.request(["wrong", "last"])
    assert bench.last.wait(PATIENCE)
    assert [each.exc_type for each in reported] == [ValueError]
    assert bench.served == ["last"]


def test_nothing_is_served_after_the_end(bench: Bench) -> None:
    bench.wishes.request(["slow", "dropped"])
    assert bench.began.wait(PATIENCE)
    ending = threading.Thread(target=bench.wishes.close)
    ending.start()
    while not bench.wishes.is_closing:
        pass
    bench.go_on.set()
    ending.join()
    bench.wishes.request(["late"])
    assert bench.served == ["slow"]
    assert not any(each.name == "bench" for each in threading.enumerate())
