"""Results and arrays that can be computed again, kept on disk."""
