"""The window in which models are measured on labelled cells, and judged against one another."""
