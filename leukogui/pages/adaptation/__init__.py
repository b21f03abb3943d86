"""The window in which a model is adapted to a lab by the reviewed cells of a case."""
