"""Films out of files: TMDB's exports, the tables that are made of them, and MovieLens."""
