"""Audit of a data set: outliers, duplicates, label conflicts, and shortcuts to the class."""
