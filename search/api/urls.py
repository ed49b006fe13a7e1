from django.urls import path

from search.api import ask, saved, views
from search.api import map as map_api

urlpatterns = [
    path("search/", views.SearchView.as_view(), name="api-search"),
    path("search/examples/", views.ExamplesView.as_view(), name="api-search-examples"),
    path("ask/", ask.AskView.as_view(), name="api-ask"),
    path("ask/best/", ask.MmRagView.as_view(), name="api-mm-rag"),
    path("answers/judged/", ask.JudgedView.as_view(), name="api-answers-judged"),
    path("answers/<int:pk>/judgement/", ask.JudgeView.as_view(), name="api-answer-judge"),
    path("map/", map_api.MapView.as_view(), name="api-map"),
    path("map/similar/", map_api.MapNearView.as_view(), name="api-map-similar"),
    path("searches/", saved.SavedSearchesView.as_view(), name="api-searches"),
    path("searches/<uuid:pk>/", saved.SavedSearchView.as_view(), name="api-saved-search"),
    path("searches/history/", saved.HistoryView.as_view(), name="api-search-history"),
    path("searches/history/<int:pk>/", saved.PastSearchView.as_view(), name="api-past-search"),
]
