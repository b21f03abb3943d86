"""Headless part of the program: everything that is computed or kept. Never imports Qt."""

__version__ = "0.1.0"
