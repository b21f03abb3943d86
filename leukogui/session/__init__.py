"""The open case as Qt sees it: read by threads, reported by signals."""
