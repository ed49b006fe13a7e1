from django.apps import AppConfig


class MediaLibraryConfig(AppConfig):
    name = "media_library"
    verbose_name = "Library"

    def ready(self) -> None:
        from media_library import checks  # noqa: F401  (registers the system checks)
