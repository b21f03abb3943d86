"""Where the tree and the programs of the tests lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEUKOGUI = ROOT / "tests" / "leukogui"
JOBS = ROOT / "tests" / "trainer" / "jobs"
SHARED = ROOT.parent / "shared"
"""Real cells and odd files beside the checkout; tests that use them are skipped elsewhere."""
