"""Everything about one cell, in one place."""
