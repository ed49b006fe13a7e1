"""The addresses below /api/, composed of those of the apps."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config.api import documentation, views  # noqa: F401  (documentation registers itself)

READ = ["get", "head"]

v1 = [
    path("auth/sign-in/", views.SignInView.as_view(), name="api-sign-in"),
    path("auth/sign-out/", views.SignOutView.as_view(), name="api-sign-out"),
    path("auth/sign-out-everywhere/", views.SignOutEverywhereView.as_view(), name="api-sign-out-everywhere"),
    path("auth/devices/", views.DevicesView.as_view(), name="api-devices"),
    path("auth/devices/<uuid:id>/", views.DeviceView.as_view(), name="api-device"),
    path("", include("media_library.api.urls")),
    path("", include("search.api.urls")),
    path("films/", include("recommender.api.urls")),
]

urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", SpectacularAPIView.as_view(http_method_names=READ), name="api-schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api-schema", http_method_names=READ), name="api-docs"),
    re_path("", views.NowhereView.as_view(), name="api-nowhere"),
]
