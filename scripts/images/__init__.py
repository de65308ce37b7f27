"""A Dockerfile's steps, read and carried out without a Docker engine."""
