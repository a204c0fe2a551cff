"""The models of an installation: brought in from a folder or a bucket, and taken up by what reads already."""

import json
import shutil

import pytest
from tests.support import aws, receipts

from recto.app import Installation, named, settings
from recto.document.errors import BadRequest
from recto.engines.label.bundle import digest_of, folder_of
from recto.training.models import Models


@pytest.fixture
def bundle(tmp_path):
    """The shipped model, under another digest."""
    folder = tmp_path / "bundle"
    shutil.copytree(folder_of("default"), folder)
    stated = json.loads((folder / "recto.json").read_text())
    (folder / "recto.json").write_text(json.dumps({**stated, "name": "mine"}))
    (folder / "digest.txt").write_text(digest_of(folder) + "\n")
    return folder


def test_a_model_that_is_activated_labels_the_next_document(tmp_path, bundle):
    app = Installation(settings(home=tmp_path / "home"))
    models = Models(tmp_path / "home" / "models")
    models.pull(str(bundle), "mine")
    seen = []
    for change in (lambda: None, lambda: models.activate("mine"), models.roll_back):
        change()
        seen.append(app.read(receipts.paper(1), "receipt.pdf").engines["labeller"].model)
    assert seen == ["recto-layout-1", "mine", "recto-layout-1"]


def test_a_model_is_pulled_from_a_bucket_and_checked(tmp_path, bundle, moto, monkeypatch):
    for name, value in {**aws.KEYS, "aws_endpoint_url": moto, "aws_allow_http": "true"}.items():
        monkeypatch.setenv("AWS_REGION" if name == "region" else name.upper(), value)
    bucket = aws.bucket(moto)
    for path in bundle.iterdir():
        aws.client("s3", moto).put_object(Bucket=bucket, Key=f"models/mine/{path.name}", Body=path.read_bytes())
    models, fetch = Models(tmp_path / "models"), named("recto.stores.blobs:copy_folder")
    pulled = models.pull(f"s3://{bucket}/models/mine", "mine", fetch)
    assert pulled.digest == digest_of(bundle)
    aws.client("s3", moto).put_object(Bucket=bucket, Key="models/mine/recto.json", Body=b"{}")
    with pytest.raises((BadRequest, KeyError)):
        models.pull(f"s3://{bucket}/models/mine", "other", fetch)
    assert [model.name for model in models.list()] == ["default", "mine"]
