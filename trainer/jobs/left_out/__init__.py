"""`left-out`: a recipe judged by what its models find on cells that they were made without."""
