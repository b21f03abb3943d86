"""What looks after models and measures them."""
