"""The SQLite store of cases, runs, predictions and reviews."""
