"""The command line: a thin layer over the package, and its first composition root."""
