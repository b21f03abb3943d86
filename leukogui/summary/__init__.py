"""The page of figures of a case, and what it shows."""
