"""The page of trainings: what is going on, what waits, and what came of those before."""
