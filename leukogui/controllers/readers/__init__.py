"""What compares readers with each other."""
