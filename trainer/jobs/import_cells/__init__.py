"""`import-cells`: cells that were annotated in another program, in a case."""
