"""The recipe, cached features, head fit and fine-tuning."""
