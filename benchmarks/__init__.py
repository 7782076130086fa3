"""Measurements of speed and quality, each against a named peer in the same run."""
