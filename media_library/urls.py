from django.urls import path

from media_library import serving, views

urlpatterns = [
    path("upload/", views.upload, name="upload"),
    path("library/", views.library, name="library"),
    path("library/bulk/", views.library_bulk, name="library-bulk"),
    path("items/<uuid:pk>/", views.item, name="item"),
    path("items/<uuid:pk>/status/", views.item_status, name="item-status"),
    path("items/<uuid:pk>/edit/", views.item_edit, name="item-edit"),
    path("items/<uuid:pk>/delete/", views.item_delete, name="item-delete"),
    path("items/<uuid:pk>/restore/", views.item_restore, name="item-restore"),
    path("items/<uuid:pk>/retry/", views.item_retry, name="item-retry"),
    path("media/<uuid:pk>/<str:variant>/", serving.item_file, name="item-file"),
    path("media/segments/<int:pk>/", serving.segment_picture, name="segment-picture"),
]
