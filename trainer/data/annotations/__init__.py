"""Annotations of other programs: cells of images with box and label, to and from files."""
