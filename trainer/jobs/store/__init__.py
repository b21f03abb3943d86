"""`store`: looks after the store of cases."""
