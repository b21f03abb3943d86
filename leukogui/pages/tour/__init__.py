"""The words of a tour of the window."""
