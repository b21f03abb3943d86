"""What happens before there is a window, and when something goes wrong."""
