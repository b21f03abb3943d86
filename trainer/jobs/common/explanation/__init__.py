"""Heat maps and ablations of the jobs: their files, their measures, their gates."""
