from django.apps import AppConfig


class SightlineConfig(AppConfig):
    name = "config"
    verbose_name = "Sightline"
