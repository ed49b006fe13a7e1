from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from media_library.signals import items_segmented
        from search import checks  # noqa: F401  (registers the system checks)
        from search.indexing import request_embedding

        items_segmented.connect(request_embedding, dispatch_uid="embed what was segmented")
