"""Small pictures of cells: viewport first, cached in memory and on disk."""
