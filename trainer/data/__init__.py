"""Folders and CSVs to a manifest; splits; audit; drawn sample cells."""
