"""Caches on the disk of results and arrays that can be computed again."""
