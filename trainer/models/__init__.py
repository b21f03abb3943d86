"""Backbones, networks, model packages, their registry and their export."""
