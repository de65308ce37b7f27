"""The pages for people: triples and plain values in, HTML out; nothing here knows of HTTP or of queries."""
