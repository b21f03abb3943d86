"""From bytes to an RGB array; focal planes; the cell and its view; stain."""

from trainer.imaging.codecs.base import Header
from trainer.imaging.reader import Image, probe, probe_bytes, read, read_bytes

__all__ = ["Header", "Image", "probe", "probe_bytes", "read", "read_bytes"]
