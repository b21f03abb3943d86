"""The command `adapt`: a model's head moved by corrected cells, and held to what it was."""
