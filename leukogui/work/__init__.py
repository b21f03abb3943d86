"""Long work in child processes, told by signals."""
