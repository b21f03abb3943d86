"""Panels and buttons of the command bar: device, source, model."""
