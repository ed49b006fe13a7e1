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


UNFOLD = {
    "SITE_TITLE": "Sightline",
    "SITE_HEADER": "Sightline",
    "SITE_SUBHEADER": "Curating the library",
    "SITE_SYMBOL": "center_focus_strong",
    "SITE_URL": "/",
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "config.dashboard.dashboard",
    "STYLES": [lambda request: static("admin/sightline.css")],
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
                "title": "Search",
                "separator": True,
                "items": [
                    _link("Encoders", "hub", "admin:search_encoder_changelist", "search.view_encoder"),
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
