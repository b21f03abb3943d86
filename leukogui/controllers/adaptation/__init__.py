"""What adapts a model by the cells of a lab."""
