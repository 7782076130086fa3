"""A catalogue of well-known recordings, and seeded listeners who play them."""

from app.demo.catalogue import Recording, era, recordings
from app.demo.generator import GeneratedDemo, generate
from app.demo.tastes import Taste

__all__ = ["GeneratedDemo", "Recording", "Taste", "era", "generate", "recordings"]
