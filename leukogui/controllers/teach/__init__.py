"""What trains models in the background."""
