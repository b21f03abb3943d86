"""What a person has chosen: one typed table, one file."""
