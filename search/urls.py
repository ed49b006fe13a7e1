from django.urls import path

from search import ask_views, map_views, marks_views, saved_views, views

urlpatterns = [
    path("", views.search_page, name="search"),
    path("search/example/", views.remember_example, name="remember-example"),
    path("search/example/<str:token>/", views.example_thumbnail, name="example-thumbnail"),
    path("search/facets/", views.facet_lists, name="search-facets"),
    path("ask/", ask_views.chat, name="ask"),
    path("ask/<uuid:pk>/", ask_views.chat, name="chat"),
    path("ask/<uuid:pk>/rename/", ask_views.rename, name="chat-rename"),
    path("ask/<uuid:pk>/delete/", ask_views.delete, name="chat-delete"),
    path("ask/<uuid:pk>/export/", ask_views.export, name="chat-export"),
    path("answers/<int:pk>/judge/", ask_views.judge, name="answer-judge"),
    path("searches/", saved_views.searches, name="searches"),
    path("searches/recent/", saved_views.recent, name="recent-searches"),
    path("searches/save/", saved_views.save, name="save-search"),
    path("searches/history/", saved_views.history, name="search-history"),
    path("searches/<uuid:pk>/rename/", saved_views.rename, name="rename-search"),
    path("searches/<uuid:pk>/delete/", saved_views.delete, name="delete-search"),
    path("map/", map_views.map_page, name="map"),
    path("map/points/", map_views.points, name="map-points"),
    path("map/near/", map_views.near, name="map-near"),
    path("map/state/", map_views.state, name="map-state"),
    path("map/draw/", map_views.draw, name="map-draw"),
    path("map/select/", map_views.select, name="map-select"),
    path("map/tag/", map_views.tag, name="map-tag"),
    path("map/untag/", map_views.untag, name="map-untag"),
    path("map/items/<uuid:pk>/", map_views.peek, name="map-item"),
    path("items/<uuid:pk>/similar/", views.similar, name="item-similar"),
    path("items/<uuid:pk>/marks/", marks_views.item_marks, name="item-marks"),
]
