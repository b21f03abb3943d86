"""Drawings of stained blood cells: optical density, put together layer by layer.

Lengths are in red-cell diameters unless a name says pixels; amounts of stain are relative to
the pigments of a `Style`.
"""
