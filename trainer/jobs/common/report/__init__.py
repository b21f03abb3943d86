"""What reports are made of: numbers in words, CSV tables, charts, pages."""
