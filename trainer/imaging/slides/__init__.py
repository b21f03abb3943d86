"""Whole slides: pyramids of tiles, their regions, and the white cells in them."""
