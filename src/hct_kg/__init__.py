"""hct-kg: a knowledge graph of Healthy Communities Together whose every claim carries its evidence."""

__version__ = "0.1.0"
