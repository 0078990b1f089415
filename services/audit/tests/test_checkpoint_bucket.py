"""Checkpoints in a bucket with object lock: what was published stays, whoever holds the service's own credentials."""

from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from uuid_utils.compat import uuid7

from audit.settings import AuditSettings
from audit.trail.checkpoints import CheckpointPublisher
from chassis.storage.opening import open_blobs


@pytest.fixture
async def bucket(servers, monkeypatch):
    """The address of a locked bucket on a server that knows object lock, and a client that asks the server itself."""
    from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"s3://checkpoints-{uuid7()}?endpoint=http://{host}:{port}&lock=governance&lock_days=30"
    await open_blobs(url, "", "").create()
    yield url, boto3.client("s3", region_name="us-east-1", endpoint_url=f"http://{host}:{port}")
    server.stop()


async def test_a_published_checkpoint_is_kept_and_a_deletion_does_not_hide_it(practice, bucket):
    url, store = bucket
    name = urlsplit(url).netloc
    runtime = practice.environment.runtime("audit")
    publisher = CheckpointPublisher(runtime.database, runtime.keys, open_blobs(url, "", ""), every=0)
    await practice.record_some(2)
    await publisher.publish(practice.workspace_id)
    first = await publisher.published(practice.workspace_id)
    await practice.record_some(2)
    await publisher.publish(practice.workspace_id)
    newest = await publisher.published(practice.workspace_id)
    assert (first.sequence, newest.sequence) == (2, 4)

    versions = store.list_object_versions(Bucket=name, Prefix=str(practice.workspace_id))["Versions"]
    assert len(versions) == 2
    for version in versions:
        assert store.head_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])["ObjectLockMode"] == "GOVERNANCE"
        with pytest.raises(ClientError, match="AccessDenied"):
            store.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
    store.delete_object(Bucket=name, Key=versions[0]["Key"])

    assert await publisher.published(practice.workspace_id) == newest


@pytest.mark.parametrize(("lock", "fit"), [("", False), ("&lock=none", True), ("&lock=compliance", True)])
def test_in_production_a_bucket_of_checkpoints_says_whether_it_is_locked(lock, fit):
    faults = AuditSettings(environment="development", blob_url=f"s3://checkpoints?region=eu-central-1{lock}").faults()

    assert any("object lock" in fault for fault in faults) != fit
