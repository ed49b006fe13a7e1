"""All addresses, composed of those of the apps."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from config import dashboard
from config.sign_in import SignInForm

sign_in = auth.LoginView.as_view(authentication_form=SignInForm, redirect_authenticated_user=True)

urlpatterns = [
    path("", include("search.urls")),
    path("", include("media_library.urls")),
    path("films/", include("recommender.urls")),
    path("sign-in/", sign_in, name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    path("api/", include("config.api.urls")),
    path("admin/jobs/", admin.site.admin_view(dashboard.jobs), name="admin-jobs"),
    path("admin/", admin.site.urls),
]

handler500 = "config.api.errors.server_error"
