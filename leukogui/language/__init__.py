"""The person's language: its numbers, and the worker's sentences in it."""
