"""The thread of something that is done now and then."""

from __future__ import annotations

import threading

from leukogui.threads.repeated_task import RepeatedTask


def test_it_is_done_as_often_as_asked_and_never_twice_at_once() -> None:
    begun, go_on = threading.Event(), threading.Event()
    under_way: list[str] = []
    done: list[int] = []

    def work() -> None:
        under_way.append(threading.current_thread().name)
        begun.set()
        assert go_on.wait(60)
        done.append(len(under_way))
        under_way.pop()

    task = RepeatedTask("bench", work)
    task.close()
    task.start()
    assert begun.wait(60)
    assert under_way == ["bench"]
    assert not done
    go_on.set()
    task.start()
    task.close()
    task.close()
    assert done == [1, 1]
    assert "bench" not in {thread.name for thread in threading.enumerate()}
