"""Well-known films to try the recommender with, and a poster for each, without a download.

The posters are drawn when they are asked for, so importing this costs nothing.
"""

from recommender.demo.catalogue import film, films, poster

__all__ = ["film", "films", "poster"]
