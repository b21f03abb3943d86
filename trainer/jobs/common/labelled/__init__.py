"""Labelled cells, as training and evaluation read them: views, splits, leakage."""
