"""Films in the admin. Importing this package registers it."""

from recommender.admin.factors import FactorModelAdmin
from recommender.admin.imports import MovieImportAdmin
from recommender.admin.movies import MovieAdmin

__all__ = ["FactorModelAdmin", "MovieAdmin", "MovieImportAdmin"]
