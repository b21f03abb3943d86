"""The window that compares readers and models."""
