"""Asks a real server everything that docs/openapi.json allows, and much that it does not, with Schemathesis.

usage: run.py SCHEMATHESIS CHINWAG [EXAMPLES]   (EXAMPLES for each operation; 60 when absent)
Fails on an answer of 5xx and on every answer that the document does not describe.
"""

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
CHECKS = ",".join(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "unsupported_method",
    ]
)


def main() -> int:
    schemathesis, chinwag = (str(Path(path).absolute()) for path in sys.argv[1:3])
    examples = sys.argv[3] if len(sys.argv) > 3 else "60"
    with tempfile.TemporaryDirectory() as data:
        server = subprocess.Popen(
            [chinwag, "serve", "--listen", "127.0.0.1:0", "--data", data, "--handshakes-per-second", "1000000"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            url = server.stdout.readline().strip().removeprefix("listening on ")
            code = server.stdout.readline().strip().rsplit("=", 1)[1]
            cookie = sign_in(url, code)
            write(url)
            return ask(schemathesis, url, cookie, examples, data)
        finally:
            server.terminate()
            server.wait()


def sign_in(url: str, code: str) -> str:
    """The first admin's session."""
    form = {"code": code, "name": "Mia", "email": "mia@example.com", "password": "correct horse battery"}
    request = urllib.request.Request(
        f"{url}/v1/agent/setup",
        json.dumps(form).encode(),
        {"content-type": "application/json", "x-chinwag": "1"},
    )
    with urllib.request.urlopen(request) as response:
        return response.headers["set-cookie"].split(";")[0]


CONVERSATION = "01890a5d-ac96-774b-bcce-b302099a8057"
TOKEN = "A" * 43


def write(url: str) -> None:
    """A conversation to ask about."""
    send = {"id": "01890a5d-ac96-774b-bcce-b302099a8058", "conversation": CONVERSATION, "kind": {"message": {"text": "hi"}}}
    body = json.dumps({"token": TOKEN, "frames": [{"send": send}]}).encode()
    headers = {"content-type": "text/plain", "origin": url}
    urllib.request.urlopen(urllib.request.Request(f"{url}/v1/sites/demo/frames", body, headers)).close()


def ask(schemathesis: str, url: str, cookie: str, examples: str, folder: str) -> int:
    config = Path(folder) / "schemathesis.toml"
    config.write_text(f"""
        [parameters]
        "path.site" = "demo"

        [[operations]]
        include-path = "/v1/agent/conversations/{{id}}/entries"
        parameters = {{ "path.id" = "{CONVERSATION}" }}
    """)
    command = [schemathesis, "--config-file", str(config), "run", str(DOCUMENT), "--url", url, "--checks", CHECKS, "--max-examples", examples]
    # The same questions each time: what fails, fails again.
    command += ["--seed", "1", "--no-color", "--suppress-health-check", "all"]
    # WebSockets are for the protocol's own tests; signing out would end the session that the others need.
    for path in ["/v1/sites/{site}/socket", "/v1/agent/socket", "/v1/agent/logout"]:
        command += ["--exclude-path", path]
    for header in [f"Cookie: {cookie}", "X-Chinwag: 1", f"Origin: {url}"]:
        command += ["-H", header]
    # It keeps notes where it runs.
    return subprocess.run(command, check=False, cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
