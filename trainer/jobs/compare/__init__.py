"""`compare`: networks or models, measured on the same cells."""
