"""The admin's theme: names, colours, and what its sidebar offers to whom."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _link(title: str, icon: str, url_name: str, permission: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(url_name), "permission": _may(permission)}


def _listing_items(request: HttpRequest) -> bool:
    """The upload page lies below the list's address, and has an entry of its own."""
    listed = str(reverse_lazy("admin:media_library_mediaitem_changelist"))
    return request.path.startswith(listed) and request.path != str(reverse_lazy("admin:media_library_mediaitem_add"))


def _listing_films(request: HttpRequest) -> bool:
    """What a person would get lies below the list's address, and has an entry of its own."""
    listed = str(reverse_lazy("admin:recommender_movie_changelist"))
    return request.path.startswith(listed) and request.path != str(reverse_lazy("admin:recommender_movie_preview"))


UNFOLD = {
    "SITE_TITLE": "Sightline",
    "SITE_HEADER": "Sightline",
    "SITE_SUBHEADER": "Curating the library",
    "SITE_ICON": lambda request: static("sightline/favicon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("sightline/favicon.svg")},
    ],
    "SITE_URL": "/",
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "config.dashboard.dashboard",
    "LOGIN": {"form": "config.sign_in.AdminSignInForm"},
    "STYLES": [lambda request: static("admin/sightline.css")],
    # The greys and the accent of the pages for visitors, drawn out to the theme's eleven shades.
    "COLORS": {
        "base": {
            "50": "#fafaf8",
            "100": "#f0f0ed",
            "200": "#dfdfda",
            "300": "#cfcfc9",
            "400": "#a9a9a3",
            "500": "#6c6c66",
            "600": "#5e5e59",
            "700": "#44443f",
            "800": "#2c2c29",
            "900": "#1b1b19",
            "950": "#131312",
        },
        "primary": {
            "50": "#fff5ee",
            "100": "#fbeee6",
            "200": "#f6d5c0",
            "300": "#f0b08a",
            "400": "#ff9a66",
            "500": "#e0743c",
            "600": "#b23c09",
            "700": "#8f2f06",
            "800": "#742705",
            "900": "#5d2006",
            "950": "#331002",
        },
    },
    "SIDEBAR": {
        "navigation": [
            {
                "title": "Library",
                "items": [
                    {"title": "Overview", "icon": "dashboard", "link": reverse_lazy("admin:index")},
                    _link(
                        "Items",
                        "photo_library",
                        "admin:media_library_mediaitem_changelist",
                        "media_library.view_mediaitem",
                    )
                    | {"active": _listing_items},
                    _link("Albums", "photo_album", "admin:media_library_album_changelist", "media_library.view_album"),
                    _link("Shares", "share", "admin:media_library_share_changelist", "media_library.view_share"),
                    _link(
                        "Invoices",
                        "receipt_long",
                        "admin:media_library_invoice_changelist",
                        "media_library.view_invoice",
                    ),
                    _link(
                        "Readings",
                        "table_view",
                        "admin:media_library_extraction_changelist",
                        "media_library.view_extraction",
                    ),
                    _link("Models", "forum", "admin:media_library_lmmcall_changelist", "media_library.view_lmmcall"),
                    _link(
                        "Imports", "folder_open", "admin:media_library_import_changelist", "media_library.view_import"
                    ),
                    _link(
                        "Upload",
                        "upload",
                        "admin:media_library_mediaitem_add",
                        "media_library.add_mediaitem",
                    ),
                ],
            },
            {
                "title": "Films",
                "separator": True,
                "items": [
                    _link("Films", "movie", "admin:recommender_movie_changelist", "recommender.view_movie")
                    | {"active": _listing_films},
                    _link(
                        "For a person",
                        "recommend",
                        "admin:recommender_movie_preview",
                        "recommender.view_opinion",
                    ),
                    _link(
                        "Imports of films",
                        "drive_folder_upload",
                        "admin:recommender_movieimport_changelist",
                        "recommender.view_movieimport",
                    ),
                    _link(
                        "Ratings",
                        "star_half",
                        "admin:recommender_factormodel_changelist",
                        "recommender.view_factormodel",
                    ),
                ],
            },
            {
                "title": "Search",
                "separator": True,
                "items": [
                    _link("Encoders", "hub", "admin:search_encoder_changelist", "search.view_encoder"),
                    _link(
                        "Training", "model_training", "admin:search_trainingrun_changelist", "search.view_trainingrun"
                    ),
                ],
            },
            {
                "title": "Accounts",
                "separator": True,
                "items": [
                    _link("People", "person", "admin:auth_user_changelist", "auth.view_user"),
                    _link("Groups", "group", "admin:auth_group_changelist", "auth.view_group"),
                    _link("Devices", "devices", "admin:config_devicetoken_changelist", "config.view_devicetoken"),
                ],
            },
        ],
    },
}
