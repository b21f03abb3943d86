"""Pages of a file: which are focal planes of one scene, and which is the sharpest."""
