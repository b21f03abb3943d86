"""From bytes to an RGB array; focal planes; the cell and its view; stain."""

from trainer.imaging.codecs.base import Header
from trainer.imaging.reader import Image, decode_header, decode_image, read_header, read_image

__all__ = ["Header", "Image", "decode_header", "decode_image", "read_header", "read_image"]
