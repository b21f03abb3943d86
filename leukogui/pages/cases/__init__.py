"""The page of all cases."""
