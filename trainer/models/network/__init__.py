"""The Keras network: built from the table of backbones, loaded, frozen."""
