from django.urls import path

from media_library.api import files, views

urlpatterns = [
    path("items/", views.ItemListView.as_view(), name="api-items"),
    path("items/from-url/", views.ItemFromUrlView.as_view(), name="api-item-from-url"),
    path("items/trash/", views.TrashView.as_view(), name="api-trash"),
    path("items/counts/", views.CountsView.as_view(), name="api-counts"),
    path("items/<uuid:pk>/", views.ItemView.as_view(), name="api-item"),
    path("items/<uuid:pk>/restore/", views.ItemRestoreView.as_view(), name="api-item-restore"),
    path("items/<uuid:pk>/retry/", views.ItemRetryView.as_view(), name="api-item-retry"),
    path("items/<uuid:pk>/segments/", views.ItemSegmentsView.as_view(), name="api-item-segments"),
    path("items/<uuid:pk>/files/<str:variant>/", files.ItemFileView.as_view(), name="api-item-file"),
    path("segments/<int:pk>/", views.SegmentView.as_view(), name="api-segment"),
    path("segments/<int:pk>/picture/", files.SegmentPictureView.as_view(), name="api-segment-picture"),
]
