"""People and their devices in the admin, in its theme."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from config.models import DeviceToken
from media_library.models import MediaItem
from media_library.services import destroy_items

for model in (User, Group):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        self.delete_queryset(request, User.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """People and all they own, files included: a cascade in the database would leave those behind."""
        with transaction.atomic():
            destroy_items(MediaItem.objects.filter(owner__in=queryset))
            queryset.delete()


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(DeviceToken)
class DeviceAdmin(ModelAdmin):
    """Signed-in devices. Deleting one signs it out; only a device itself can make one."""

    list_display = ("name", "user", "starts_with", "created", "expiry")
    list_display_links = None  # the list says all there is to see
    list_select_related = ("user",)
    search_fields = ("user__username", "name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: DeviceToken | None = None) -> bool:
        return False
