"""Dialogs of a case: its sign-off, its reopening, its details."""
