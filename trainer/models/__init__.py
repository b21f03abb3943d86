"""Backbones, the network, the model package, the registry and the export."""
