"""What a copy of the program holds decides what it offers."""

from __future__ import annotations

import pytest

from trainer.edition import FULL, edition, has_package, require_package
from trainer.errors import UserError


def test_a_checkout_is_the_full_edition() -> None:
    assert edition() == FULL
    require_package("keras", "Training a network")


def test_what_is_left_out_is_refused_in_words() -> None:
    assert not has_package("no_such_package")
    with pytest.raises(UserError, match="A table is not possible in this edition") as refused:
        require_package("no_such_package", "A table")
    assert "Install the full edition" in refused.value.hint
