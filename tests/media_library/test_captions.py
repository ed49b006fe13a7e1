"""Captions by a model: marked, found, taken back, never in a person's place unasked; many of them in the background."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from media_library import services, sharing
from media_library.asking import caption_runs, captions
from media_library.lmm.base import Away, Blocked
from media_library.models import CaptionJob, CaptionRun, LmmCall, MadeCaption, MediaItem
from search import indexing
from tests.api_client import client_of, error

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("said")]


def all_of(user):
    return MediaItem.objects.editable_by(user)


def rested() -> None:
    """The pause of what rests is over."""
    CaptionJob.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))


# --- One ---------------------------------------------------------------------------------------------------


def test_a_caption_is_marked_found_and_taken_back(said, browser, user, make_item):
    item = make_item("red")
    said.script.append('  "A **zebra** on\n a hill" ')
    client = browser(user)
    client.post(f"/items/{item.pk}/caption/")
    item.refresh_from_db()
    assert item.caption == "A **zebra** on a hill"
    indexing.embed_pending()
    assert str(item.pk) in client.get("/?q=zebra").content.decode()
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert "Written by fake" in page and "<strong>zebra" not in page
    said.script.append("Another one")
    client.post(f"/items/{item.pk}/caption/", {"fresh": "1"})
    item.refresh_from_db()
    assert item.caption == "Another one"
    client.post(f"/items/{item.pk}/caption/undo/")
    item.refresh_from_db()
    assert item.caption == "" and not MadeCaption.objects.exists()


def test_a_persons_caption_is_only_replaced_when_asked_and_comes_back(said, user, make_item):
    item = make_item("red", caption="Mine")
    with pytest.raises(captions.HasCaption):
        captions.make(user, item)
    assert not said.asked
    said.script.extend(["Made", "Made anew"])
    captions.make(user, item, replace=True)
    captions.make(user, item, fresh=True)  # That one was no person's.
    assert MediaItem.objects.get(pk=item.pk).caption == "Made anew"
    assert captions.undo(item)
    assert MediaItem.objects.get(pk=item.pk).caption == "Mine"


def test_whoever_edits_a_made_caption_makes_it_their_own(said, user, make_item):
    item = make_item("red")
    captions.make(user, item)
    services.update_item(item, caption="Corrected by me")
    assert captions.standing(item) is None and not captions.undo(item)
    with pytest.raises(captions.HasCaption):
        captions.make(user, item)
    assert MediaItem.objects.get(pk=item.pk).caption == "Corrected by me"


def test_what_somebody_wrote_while_the_model_was_asked_is_kept(said, user, make_item):
    item = make_item("red")

    def meanwhile(request):
        services.update_item(MediaItem.objects.get(pk=item.pk), caption="Mine, just now")
        return "Made"

    said.script.append(meanwhile)
    with pytest.raises(captions.HasCaption, match="meanwhile"):
        captions.make(user, item)
    assert MediaItem.objects.get(pk=item.pk).caption == "Mine, just now"


@pytest.mark.parametrize("reply", ["<script>alert(1)</script>", "x" * 5000, "a\0b", "# Heading\n\n* list"])
def test_whatever_comes_is_plain_text_of_bounded_length(said, browser, user, make_item, reply):
    item = make_item("red")
    said.script.append(reply)
    captions.make(user, item)
    item.refresh_from_db()
    assert 0 < len(item.caption) <= captions.LONGEST and "\0" not in item.caption and "\n" not in item.caption
    assert "<script>alert" not in browser(user).get(f"/items/{item.pk}/").content.decode()


def test_who_may_have_a_caption_written(said, browser, user, other_user, make_item):
    item = make_item("red")
    path = f"/items/{item.pk}/caption/"
    assert browser(other_user).post(path).status_code == 404
    share = sharing.share(item, user, person=other_user.username)
    assert browser(other_user).post(path).status_code == 404
    api = f"/api/v1/items/{item.pk}/caption/"
    assert error(client_of(other_user).post(api, {}, format="json"), 403)
    share.may_edit = True
    share.save()
    said.script.append("By a guest")
    assert client_of(other_user).post(api, {}, format="json").json() == {"caption": "By a guest", "model": "fake"}
    assert error(client_of(user).post(f"/api/v1/items/{make_item('blue', caption='Mine').pk}/caption/"), 409)
    assert client_of(user).delete(api).json() == {"caption": "", "model": ""}
    assert error(client_of().post(api, {}, format="json"), 401)


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [(Away("Gone.", retry_after=20), 503, "lmm-away"), (Blocked("No."), 422, "lmm-blocked")],
)
def test_a_failure_changes_nothing_and_is_told(said, user, make_item, failure, status, code):
    item = make_item("red")
    said.script.extend([failure] * 3)
    told = error(client_of(user).post(f"/api/v1/items/{item.pk}/caption/", {}, format="json"), status)
    assert told["code"] == code and (code != "lmm-away" or told["retry_after"] == 20)
    assert MediaItem.objects.get(pk=item.pk).caption == ""


# --- Many --------------------------------------------------------------------------------------------------


def test_many_are_told_the_cost_of_then_made_in_the_background(said, browser, user, make_item, no_queue):
    bare = [make_item("red"), make_item("blue")]
    kept = make_item("green", caption="Mine")
    client = browser(user)
    ticked = {"action": "caption", "item": [item.pk for item in (*bare, kept)]}
    page = client.post("/library/bulk/", ticked).content.decode()
    assert "2 items will get a caption; 1 keeps" in page and "about $0.0" in page and not said.asked
    assert not CaptionRun.objects.exists()
    no_queue.clear()
    response = client.post("/captions/new/", {"item": [item.pk for item in (*bare, kept)], "go": "1"})
    run = CaptionRun.objects.get()
    assert response["Location"] == f"/captions/{run.pk}/"
    assert run.estimate > 0
    said.script.extend(["One", "Two"])
    assert caption_runs.caption_pending() == 2
    assert {MediaItem.objects.get(pk=item.pk).caption for item in bare} == {"One", "Two"}
    assert MediaItem.objects.get(pk=kept.pk).caption == "Mine"
    run.refresh_from_db()
    assert run.state == "done"
    page = client.get(f"/captions/{run.pk}/").content.decode()
    assert "2 of 2 written" in page and "One" in page
    assert "2 of 2 written" in client.get("/jobs/").content.decode()
    client.post(f"/captions/{run.pk}/undo/")
    assert not MediaItem.objects.filter(caption__in=("One", "Two")).exists()


def test_a_run_rests_while_the_model_is_away_and_goes_on(said, user, make_item):
    make_item("red"), make_item("blue")
    run = caption_runs.start(user, all_of(user))
    said.script.extend([Away("Gone.")] * 3)
    assert caption_runs.caption_pending() == 0
    run.refresh_from_db()
    assert run.waits.startswith("Gone.") and run.state == "running"
    (progress,) = caption_runs.progress(caption_runs.of(user))
    assert (progress.phase, progress.waiting, progress.failed) == ("Resting", 2, 0)
    # Its pause is not over: nobody asks in vain.
    assert caption_runs.caption_pending() == 0 and len(said.asked) == 3
    rested()
    said.script.clear()
    assert caption_runs.caption_pending() == 2
    run.refresh_from_db()
    assert (run.waits, run.state) == ("", "done")


def test_an_hour_away_costs_no_item_its_attempts(said, user, make_item):
    make_item("red")
    run = caption_runs.start(user, all_of(user))
    for _ in range(20):
        said.script.extend([Away("Gone.")] * 3)
        caption_runs.caption_pending()
        rested()
    said.script.clear()
    from django.core.cache import cache

    cache.clear()  # The circuit has opened meanwhile.
    assert caption_runs.caption_pending() == 1
    assert run.jobs.get().state == "done"


def test_a_run_stops_at_the_limit_of_the_day(said, user, make_item, settings):
    make_item("red"), make_item("blue")
    settings.SIGHTLINE_LMM_BUDGET = Decimal("0.0001")
    assert caption_runs.estimate(user, all_of(user)).more_than_left
    run = caption_runs.start(user, all_of(user))
    assert caption_runs.caption_pending() == 0
    run.refresh_from_db()
    assert "limit for today" in run.waits and not said.asked
    settings.SIGHTLINE_LMM_BUDGET = None
    rested()
    assert caption_runs.caption_pending() == 2


def test_one_that_is_blocked_is_left_out_with_its_reason(said, user, make_item, browser):
    make_item("red"), make_item("blue")
    run = caption_runs.start(user, all_of(user))
    said.script.extend([Blocked("Its rules forbid that."), "Fine"])
    caption_runs.caption_pending()
    assert sorted(run.jobs.values_list("state", "problem")) == [("done", ""), ("skipped", "Its rules forbid that.")]
    assert "Its rules forbid that." in browser(user).get(f"/captions/{run.pk}/").content.decode()


def test_stopped_it_rests_until_it_is_resumed(said, user, other_user, make_item, browser):
    make_item("red")
    run = caption_runs.start(user, all_of(user))
    assert browser(other_user).post(f"/captions/{run.pk}/stop/").status_code == 404
    assert browser(other_user).get(f"/captions/{run.pk}/").status_code == 404
    browser(user).post(f"/captions/{run.pk}/stop/")
    assert caption_runs.caption_pending() == 0
    browser(user).post(f"/captions/{run.pk}/resume/")
    assert caption_runs.caption_pending() == 1
    assert browser(user).post(f"/captions/{run.pk}/explode/").status_code == 404


def test_what_is_not_ones_own_any_more_is_left_alone(said, user, other_user, make_item):
    item, gone = make_item("red"), make_item("blue")
    share = sharing.share(item, user, person=other_user.username, may_edit=True)
    run = caption_runs.start(other_user, all_of(other_user))
    share.delete()
    mine = caption_runs.start(user, MediaItem.objects.filter(pk=gone.pk))
    services.delete_item(gone)
    caption_runs.caption_pending()
    assert run.jobs.get().problem == caption_runs.NOT_YOURS
    assert mine.jobs.get().problem == caption_runs.GONE
    assert not said.asked


def test_a_worker_that_died_is_followed_by_another_but_not_for_ever(said, user, make_item):
    make_item("red")
    run = caption_runs.start(user, all_of(user))
    job = caption_runs._claim()
    assert caption_runs._claim() is None and job.attempts == 1
    for _ in range(4):
        rested()
        assert caption_runs._claim()
    rested()
    caption_runs.caption_pending()
    assert run.jobs.get().state == "failed" and "worker stopped" in run.jobs.get().problem
    caption_runs.resume(CaptionRun.objects.get())
    assert caption_runs.caption_pending() == 1 and run.jobs.get().state == "done"


def test_the_reader_writes_captions_for_nothing(said, settings, user, make_item):
    settings.SIGHTLINE_LMM = "reader"
    make_item("red")
    estimate = caption_runs.estimate(user, all_of(user))
    assert (estimate.cost, estimate.remote, estimate.left) == (0, False, None)
    run = caption_runs.start(user, all_of(user))
    caption_runs.caption_pending()
    # There is nothing to read in it, and nothing is made up.
    assert run.jobs.get().state == "skipped" and "invents nothing" in run.jobs.get().problem
    assert not LmmCall.objects.exclude(cost=0).exists()


def test_the_api_estimates_begins_and_tells(said, user, other_user, make_item):
    item, foreign = make_item("red"), make_item("blue", owner=other_user)
    api, path = client_of(user), "/api/v1/captions/"
    body = {"items": [str(item.pk), str(foreign.pk)]}
    told = api.post(path, {**body, "estimate_only": True}, format="json").json()
    assert (told["count"], told["remote"]) == (1, True) and Decimal(told["cost"]) > 0
    begun = api.post(path, body, format="json")
    assert begun.status_code == 202 and begun.json()["total"] == 1
    caption_runs.caption_pending()
    (listed,) = api.get(path).json()["results"]
    assert (listed["phase"], listed["done"]) == ("Done", 1)
    for verb in ("stop", "resume", "undo"):
        assert api.post(f"{path}{listed['id']}/{verb}/").status_code == 200
        assert error(client_of(other_user).post(f"{path}{listed['id']}/{verb}/"), 404)
    assert error(api.post(path, {"items": []}, format="json"), 400)
    assert error(api.post(path, {"items": [str(foreign.pk)]}, format="json"), 400)


def test_curators_have_captions_written_in_the_admin(said, browser, staff_user, user, make_item):
    item = make_item("red")
    client = browser(staff_user)
    chosen = {"action": "write_captions", "_selected_action": str(item.pk)}
    page = client.post("/admin/media_library/mediaitem/", chosen).content.decode()
    assert "1 of these items get a caption by fake" in page
    client.post("/admin/media_library/mediaitem/", {**chosen, "confirmed": "1"})
    assert caption_runs.caption_pending() == 1
    assert MediaItem.objects.get(pk=item.pk).caption
    assert "caption" in client.get("/admin/media_library/lmmcall/").content.decode()
    assert client.get("/admin/media_library/captionrun/").status_code == 200
