"""Data sets: manifests of folders and CSV files, groups, splits and folds, audit, drawings."""
