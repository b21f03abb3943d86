"""The white cells of a field: density, nuclei, and the cell around each nucleus."""
