"""What connects actions, widgets and the backend, one controller a subject."""
