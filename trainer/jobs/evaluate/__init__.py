"""`evaluate`: measure a model on labelled cells."""
