"""The open case in plain Python: files, cells, counts, order; no Qt."""
