from __future__ import annotations

import io
from typing import get_args

import pytest

from trainer.commands.terminal import TextPrinter
from trainer.protocol.events import WarningEvent, WarningTopic


@pytest.mark.parametrize("about", get_args(WarningTopic))
def test_a_note_on_any_topic_is_printed(about: WarningTopic) -> None:
    err = io.StringIO()
    event = WarningEvent(id="1", seq=1, message="3 files were left.", hint="Look.", about=about)
    with TextPrinter(err=err) as printer:
        printer(event)
    assert err.getvalue().startswith("Note: 3 files were left. Look.")
