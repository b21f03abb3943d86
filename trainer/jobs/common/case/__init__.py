"""A classified case, read from the store: its results, counts and summary."""
