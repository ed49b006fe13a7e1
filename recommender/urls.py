from django.urls import path

from recommender import opinion_views, search_views, views

urlpatterns = [
    path("", views.films, name="films"),
    path("rows/<slug:name>/", views.films_row, name="films-row"),
    path("search/", search_views.film_search, name="film-search"),
    path("search/example/", search_views.film_example, name="film-example"),
    path("start/", opinion_views.start, name="films-start"),
    path("mine/", opinion_views.mine, name="my-films"),
    path("mine/tastes/", opinion_views.tastes, name="my-tastes"),
    path("say/", opinion_views.say, name="film-say"),
    path("items/<uuid:pk>/", views.item_films, name="item-films"),
    path("<uuid:pk>/", views.film, name="film"),
    path("<uuid:pk>/poster/", views.poster, name="film-poster"),
    path("<uuid:pk>/similar/", views.film_similar, name="film-similar"),
    path("<uuid:pk>/pictures/", views.film_pictures, name="film-pictures"),
]
