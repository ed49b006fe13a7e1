"""Below /api/v1/films/."""

from django.urls import path

from recommender.api import films, opinions, personal, searching

urlpatterns = [
    path("", films.FilmsView.as_view(), name="api-films"),
    path("facets/", films.FacetsView.as_view(), name="api-film-facets"),
    path("search/", searching.FilmSearchView.as_view(), name="api-film-search"),
    path("recommendations/", personal.RecommendationsView.as_view(), name="api-film-recommendations"),
    path("because/", personal.BecauseView.as_view(), name="api-film-because"),
    path("start/", personal.StartView.as_view(), name="api-film-start"),
    path("opinions/", opinions.MyOpinionsView.as_view(), name="api-film-opinions"),
    path("like-item/<uuid:pk>/", searching.FilmsLikeItemView.as_view(), name="api-films-like-item"),
    path("<uuid:pk>/", films.FilmView.as_view(), name="api-film"),
    path("<uuid:pk>/files/poster/", films.PosterView.as_view(), name="api-film-poster"),
    path("<uuid:pk>/similar/", searching.SimilarView.as_view(), name="api-film-similar"),
    path("<uuid:pk>/pictures/", searching.PicturesLikeView.as_view(), name="api-film-pictures"),
    path("<uuid:pk>/opinion/", opinions.OpinionView.as_view(), name="api-film-opinion"),
    path("<uuid:pk>/opinion/undo/", opinions.UndoView.as_view(), name="api-film-opinion-undo"),
]
