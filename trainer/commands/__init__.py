"""The command line: words in, requests out, progress on the terminal."""
