"""`train`: from labelled cells to a registered model."""
