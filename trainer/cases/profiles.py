"""Profiles of a case's source: stated by a person, measured by a run, or of other cases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.cases.records import Case, Run, profile_of
from trainer.cases.store import CaseStore
from trainer.domain import ImageContent, SourceProfile


@dataclass(frozen=True)
class SourceInfo:
    """What the store knows of a folder's source.

    Attributes:
        profile: stored with the case.
        measured: what the last run that measured found, or had to assume; None if none did.
        earlier: the profiles of other cases whose source has a name, newest first, one each.
        content: what the images hold.
    """

    profile: SourceProfile
    measured: SourceProfile | None = None
    earlier: tuple[SourceProfile, ...] = ()
    content: ImageContent = ImageContent.AS_FOUND


def read_source_info(store: CaseStore, root: Path) -> SourceInfo:
    """Read what is known of the source of the images in a folder; change nothing."""
    case = store.cases.find(root)
    earlier = _named_profiles(store.cases.list_all(), case)
    if case is None:
        return SourceInfo(SourceProfile(), earlier=earlier)
    measured = last_measured_profile(store.runs.list_of_case(case.id))
    return SourceInfo(case.profile, measured, earlier, case.content)


def last_measured_profile(runs: list[Run]) -> SourceProfile | None:
    """Return the profile that the newest of the runs that measure one has found."""
    for run in reversed(runs):
        values = run.settings.get("profile")
        if isinstance(values, dict) and (profile := profile_of(values)).stated_diameter is None:
            return profile
    return None


def _named_profiles(cases: list[Case], excluded: Case | None) -> tuple[SourceProfile, ...]:
    found: dict[str, SourceProfile] = {}
    for case in reversed(cases):
        name = case.profile.name
        if name and (excluded is None or case.id != excluded.id):
            found.setdefault(name.casefold(), case.profile)
    return tuple(found.values())
