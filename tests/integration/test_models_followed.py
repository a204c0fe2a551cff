"""The model is found by a URL: the newest whole one below it, kept here, checked, and gone on with in an outage."""

import os
import shutil

import pytest

from recto.app import Installation
from recto.app import settings as recto_settings
from recto.document.errors import NotFound, StoreUnavailable
from recto.engines.label.bundle import SHIPPED, digest_of
from recto.stores.blobs import copy_folder, folders_with
from recto.training.models import Follower, Models


@pytest.fixture
def bucket(tmp_path):
    """A folder of two bundles, the second one newer and another one."""
    for at, name in enumerate(["first", "second"]):
        folder = tmp_path / "bucket" / "models" / name
        shutil.copytree(SHIPPED / "default", folder)
        (folder / "thresholds.json").write_text((folder / "thresholds.json").read_text() + " " * at)
        (folder / "digest.txt").write_text(digest_of(folder) + "\n")
        os.utime(folder / "digest.txt", (1_700_000_000 + at, 1_700_000_000 + at))
    return tmp_path / "bucket"


def followed(home, bucket, seconds=0.0):
    return Follower(Models(home), bucket.as_uri(), folders_with, copy_folder, seconds)


def test_the_newest_one_labels_and_is_fetched_once(bucket, tmp_path):
    follower = followed(tmp_path / "home", bucket)
    first = follower.path()
    assert Models(tmp_path / "home").list()[-1].digest == digest_of(bucket / "models" / "second")
    assert follower.path() == first


def test_one_that_is_not_whole_is_passed_over(bucket, tmp_path):
    (bucket / "models" / "second" / "config.json").write_text("{}")
    path = followed(tmp_path / "home", bucket).path()
    assert digest_of(tmp_path / "home" / path.rpartition("/")[2]) == digest_of(bucket / "models" / "first")


def test_a_newer_one_is_taken_when_it_is_there(bucket, tmp_path):
    shutil.move(bucket / "models" / "second", tmp_path / "later")
    follower = followed(tmp_path / "home", bucket)
    before = follower.path()
    shutil.move(tmp_path / "later", bucket / "models" / "second")
    assert follower.path() != before


def test_where_no_model_is_whole_none_is_found(bucket, tmp_path):
    for name in ("first", "second"):
        (bucket / "models" / name / "config.json").write_text("{}")
    with pytest.raises(NotFound):
        followed(tmp_path / "home", bucket).path()


def test_in_an_outage_the_last_one_goes_on_also_after_a_restart(bucket, tmp_path):
    path = followed(tmp_path / "home", bucket).path()

    def outage(url, name):
        raise StoreUnavailable("no route")

    after = Follower(Models(tmp_path / "home"), bucket.as_uri(), outage, copy_folder)
    assert after.path() == path
    with pytest.raises(StoreUnavailable):
        Follower(Models(tmp_path / "elsewhere"), bucket.as_uri(), outage, copy_folder).path()


def test_the_settings_name_the_url_and_the_bundle_says_where_it_came_from(bucket, tmp_path):
    app = Installation(recto_settings(home=tmp_path / "home", model=bucket.as_uri()))
    assert app.labeller.engine.digest == digest_of(bucket / "models" / "second")
    path = tmp_path / "home" / "models" / app.active_bundle.rpartition("/")[2]
    assert (bucket / "models" / "second").as_uri() in (path / "source.json").read_text()
