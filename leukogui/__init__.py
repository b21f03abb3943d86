"""The Qt program: what a person sees and does."""
