"""The outline of a white cell: its nucleus, then the boundary around it."""
