"""What schemathesis makes up, turned towards what is there: three times in four an id names something."""
import json
import os
import urllib.request
import zlib

import schemathesis

TOWN = json.load(open(os.environ["ROOKERY_TOWN"], encoding="utf-8"))

# Who does one of these is not the same afterwards, so each is done by somebody made for it.
FATAL = {"DELETE /account", "DELETE /session", "DELETE /sessions/{id}", "POST /account/password"}
# Done to the second workspace: the first is needed on.
TO_ANOTHER = {"POST /workspaces/{w}/archive", "POST /workspaces/{w}/restore"}
# Done to somebody else.
TO_OTHERS = {"DELETE /workspaces/{w}/members/{account}/sessions", "DELETE /workspaces/{w}/members/{account}"}
made = 0


def chosen(name, value):
    known = TOWN.get(name)
    if not isinstance(known, list):
        return value
    chance = zlib.crc32(f"{name} {value!r}".encode("utf-8", "replace"))
    return value if chance % 4 == 0 else known[chance // 4 % len(known)]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters:
        return {name: chosen(name, value) for name, value in path_parameters.items()}
    return path_parameters


def somebody():
    """A member's token, of an account nobody needs."""
    global made
    made += 1
    body = {"email": f"p{made}@example.com", "password": TOWN["password"], "name": f"Person {made}"}
    request = urllib.request.Request(f"{TOWN['url']}/api/v1/invitations/{TOWN['code']}/accept", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["token"]


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case, context):
        return somebody() if context.operation.label in FATAL else TOWN["token"]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    label = case.operation.label
    # Both at once is refused before anything else is looked at; what a cookie does has tests of its own.
    (case.cookies or {}).pop("rookery", None)
    parameters = case.path_parameters or {}
    if label in TO_ANOTHER and parameters.get("w") in TOWN["w"]:
        parameters["w"] = TOWN["other"]
    if label in TO_OTHERS and parameters.get("account") in TOWN["account"]:
        parameters["account"] = TOWN["members"][0]
    # Waiting for a position that never comes takes two seconds each.
    if isinstance((case.query or {}).get("at_least"), int):
        case.query["at_least"] %= 10
