"""What goes over the pipe: requests down, events up; the window's one door to long work."""
