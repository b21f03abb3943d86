"""Give a package an alert that every cell of a source that is not in its card reaches."""

from __future__ import annotations

import json
from pathlib import Path

LEAST = -1e6
"""A score that every cell reaches."""


def set_alert(folder: Path, alert_class: str = "myeloblast") -> None:
    """Change the card of a package: the class gets the role alert, and both levels `LEAST`."""
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card["roles"] = {alert_class: "alert"}
    level = {"score": LEAST, "reviewed": 0.02}
    card["thresholds"]["alert"] = {"balanced": level, "careful": level}
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
