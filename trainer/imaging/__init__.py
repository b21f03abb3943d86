"""From bytes to an RGB array; focal planes; the cell and its view; stain."""

from trainer.imaging.reader import Header, Image, probe, read, read_bytes

__all__ = ["Header", "Image", "probe", "read", "read_bytes"]
