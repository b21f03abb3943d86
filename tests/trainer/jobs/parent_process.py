"""A parent to be killed: starts an odd worker, says its pid, and waits for ever.

`keep`: another process keeps the pipes open, so that only the watch can tell.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from trainer.protocol.client import WorkerProcess
from trainer.protocol.requests import PingRequest

deed, keep = sys.argv[1], "keep" in sys.argv[2:]
worker = WorkerProcess([sys.executable, str(Path(__file__).with_name("odd_worker.py"))])
events = worker.events(worker.send(PingRequest(echo=deed)))
next(events)
keeper = 0
if keep:
    pipes = worker._process
    keeper = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        pass_fds=[pipes.stdin.fileno(), pipes.stdout.fileno()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ).pid
sys.stdout.write(f"{worker.pid} {keeper}\n")
sys.stdout.flush()
for _ in events:
    pass
