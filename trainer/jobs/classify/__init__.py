"""`classify`: run a model over images."""
