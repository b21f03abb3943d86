"""Folders of images: what files are by name and content, and what is passed over."""
