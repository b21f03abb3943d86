"""The window's side of long work: worker processes, the run queue, models."""
