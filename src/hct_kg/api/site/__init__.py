"""The web pages: a face of the curated endpoints, which they ask as any client would, within the process."""
