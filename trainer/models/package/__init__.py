"""The model package on disk: card, files, archive, registry; read without a framework."""
