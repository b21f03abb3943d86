"""The command line: arguments in, requests out, progress on the terminal."""
