from django.apps import AppConfig


class RecommenderConfig(AppConfig):
    name = "recommender"
    verbose_name = "Films"

    def ready(self) -> None:
        from recommender.vectors import FilmVectors
        from search import holdings

        holdings.register("films", FilmVectors())
