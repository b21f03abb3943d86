"""Engines, the batch pipeline, explanation and decision."""
