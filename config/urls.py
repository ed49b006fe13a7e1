"""All addresses, composed of those of the apps."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

urlpatterns = [
    path("", include("search.urls")),
    path("", include("media_library.urls")),
    path("sign-in/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    path("api/", include("config.api.urls")),
    path("admin/", admin.site.urls),
]
