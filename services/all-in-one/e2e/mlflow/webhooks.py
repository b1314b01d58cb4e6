"""What MLflow's client does with webhooks, what a receiver gets, and whether MLflow's own way finds the signature right."""

import hmac
import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException, RestException
from mlflow.webhooks.delivery import _generate_hmac_signature

client = MlflowClient()
S3 = "s3://bucket/model"
EVERYTHING = [
    "registered_model.created",
    "model_version.created",
    "model_version_tag.set",
    "model_version_tag.deleted",
    "model_version_alias.created",
    "model_version_alias.deleted",
]


def refused(code, call, *args, **more):
    try:
        call(*args, **more)
    except RestException as error:
        assert error.error_code == code, (error.error_code, str(error))
        return str(error)
    raise AssertionError("it was accepted")


class Receiver:
    """Takes what is posted, and answers as it is told."""

    def __init__(self, *answers):
        self.got = queue.Queue()
        self.answers = list(answers)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.got.put((dict(self.headers.items()), body))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.end_headers()
                self.wfile.write(b"thanks")

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def next(self):
        headers, body = self.got.get(timeout=30)
        return {name.lower(): value for name, value in headers.items()}, body


def verify(secret, headers, body):
    wanted = _generate_hmac_signature(secret, headers["x-mlflow-delivery-id"], headers["x-mlflow-timestamp"], body)
    assert hmac.compare_digest(wanted, headers["x-mlflow-signature"])
    assert abs(int(headers["x-mlflow-timestamp"]) - time.time()) < 300
    return json.loads(body)


def case_webhook_is_created_read_listed_changed_and_deleted():
    made = client.create_webhook("reads", "https://ci.example/hook", EVERYTHING, "a text", "a secret")
    read = client.get_webhook(made.webhook_id)
    for one in (made, read):
        assert (one.name, one.url, one.description, str(one.status)) == (
            "reads",
            "https://ci.example/hook",
            "a text",
            "ACTIVE",
        )
        assert sorted(map(str, one.events)) == sorted(EVERYTHING)
        assert one.creation_timestamp == one.last_updated_timestamp > 1_600_000_000_000
        assert one.secret is None
    others = [client.create_webhook(f"other-{i}", "https://ci.example/", ["model_version.created"]) for i in range(3)]
    first = client.list_webhooks(max_results=2)
    assert [w.webhook_id for w in first] == [others[2].webhook_id, others[1].webhook_id]
    rest = client.list_webhooks(max_results=1000, page_token=first.token)
    assert [others[0].webhook_id, made.webhook_id] == [w.webhook_id for w in rest][:2]
    changed = client.update_webhook(
        made.webhook_id,
        name="renamed",
        description="another",
        url="https://ci.example/2",
        events=["registered_model.created"],
        status="DISABLED",
    )
    again = client.get_webhook(made.webhook_id)
    for one in (changed, again):
        assert (one.name, one.description, one.url) == ("renamed", "another", "https://ci.example/2")
        assert ([str(e) for e in one.events], str(one.status)) == (["registered_model.created"], "DISABLED")
    for one in [made, *others]:
        client.delete_webhook(one.webhook_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_webhook, made.webhook_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_webhook, made.webhook_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.update_webhook, made.webhook_id, name="x")


def case_webhooks_that_cannot_be_are_refused():
    events = ["model_version.created"]
    for name in ("", "-a", "a b", "a" * 64):
        refused("INVALID_PARAMETER_VALUE", client.create_webhook, name, "https://ci.example/", events)
    for url in (
        "",
        "ftp://ci.example/",
        "nonsense",
        "https://user:password@ci.example/",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "http://8.8.8.8/",
    ):
        refused("INVALID_PARAMETER_VALUE", client.create_webhook, "a", url, events)
    refused("NOT_IMPLEMENTED", client.create_webhook, "a", "https://ci.example/", ["prompt.created"])
    try:
        client.create_webhook("a", "https://ci.example/", [])
    except MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE"
    assert len(client.list_webhooks()) == 0


def case_webhook_is_tried_out():
    receiver = Receiver(200, 503)
    hook = client.create_webhook("tried", receiver.url, ["model_version.created"], secret="s3")
    result = client.test_webhook(hook.webhook_id)
    assert (result.success, result.response_status, result.response_body) == (True, 200, "thanks")
    said = verify("s3", *receiver.next())
    assert (said["entity"], said["action"]) == ("model_version", "created")
    assert said["data"]["source"] == "models:/123"
    result = client.test_webhook(hook.webhook_id, "registered_model.created")
    assert (result.success, result.response_status) == (False, 503)
    receiver.server.shutdown()
    receiver.server.server_close()
    result = client.test_webhook(hook.webhook_id)
    assert not result.success and "Failed to test webhook" in result.error_message
    client.delete_webhook(hook.webhook_id)


def case_registry_tells_webhooks_what_happens():
    receiver = Receiver()
    hook = client.create_webhook("told", receiver.url, EVERYTHING, secret="a secret")
    other = Receiver()
    less = client.create_webhook("less", other.url, ["model_version_alias.created"])
    time.sleep(1)  # of what happens from when the courier has heard of it
    client.create_registered_model("hooked", tags={"a": "1"}, description="a text")
    client.create_model_version("hooked", S3, tags={"b": "2"}, description="of it")
    client.set_model_version_tag("hooked", "1", "key", "value")
    client.delete_model_version_tag("hooked", "1", "key")
    client.set_registered_model_alias("hooked", "best", "1")
    client.delete_registered_model_alias("hooked", "best")
    told = [verify("a secret", *receiver.next()) for _ in range(6)]
    assert [f"{one['entity']}.{one['action']}" for one in told] == EVERYTHING
    assert [one["data"] for one in told] == [
        {"name": "hooked", "tags": {"a": "1"}, "description": "a text"},
        {"name": "hooked", "version": "1", "source": S3, "run_id": None, "tags": {"b": "2"}, "description": "of it"},
        {"name": "hooked", "version": "1", "key": "key", "value": "value"},
        {"name": "hooked", "version": "1", "key": "key"},
        {"name": "hooked", "alias": "best", "version": "1"},
        {"name": "hooked", "alias": "best"},
    ]
    headers, body = other.next()
    assert "x-mlflow-signature" not in headers and json.loads(body)["data"]["alias"] == "best"
    assert other.got.empty()
    for one in (hook, less):
        client.delete_webhook(one.webhook_id)


def case_failing_receiver_is_told_again():
    receiver = Receiver(500, 503)
    hook = client.create_webhook("again", receiver.url, ["registered_model.created"], secret="a secret")
    time.sleep(1)
    client.create_registered_model("told again")
    attempts = [receiver.next() for _ in range(3)]
    assert len({headers["x-mlflow-delivery-id"] for headers, _ in attempts}) == 1
    assert len({body for _, body in attempts}) == 1
    for headers, body in attempts:
        verify("a secret", headers, body)
    client.delete_webhook(hook.webhook_id)
