"""One protocol for every long work: a request goes in, events come out."""
