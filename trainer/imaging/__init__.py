"""From bytes to an RGB array; focal planes; the cell and its view; stain."""
