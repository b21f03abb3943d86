"""The open case as Qt sees it: threads that read, signals that tell."""
