"""Image file formats: header, structure and pixels of each, read from bytes."""
