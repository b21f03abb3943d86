"""From a Keras network to an accepted OpenVINO graph in a package."""
