from django.urls import path

from search import views

urlpatterns = [
    path("", views.search_page, name="search"),
    path("search/example/", views.remember_example, name="remember-example"),
    path("search/example/<str:token>/", views.example_thumbnail, name="example-thumbnail"),
    path("items/<uuid:pk>/similar/", views.similar, name="item-similar"),
]
