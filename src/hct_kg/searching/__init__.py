"""Full text over what the dataset calls and says of its things: ranked, tolerant of typing, with reasons."""

from hct_kg.searching.excerpts import Excerpt, Match
from hct_kg.searching.index import QUERIES, Hit, Index, Results, build

__all__ = ["QUERIES", "Excerpt", "Hit", "Index", "Match", "Results", "build"]
