"""`similar`: the nearest neighbours of a cell."""
