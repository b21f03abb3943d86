"""What the window's reading threads have in common."""
