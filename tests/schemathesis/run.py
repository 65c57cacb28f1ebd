"""Sends generated requests to the programming interface, by its own description: no answer may be a 5xx.

Starts the debug build of `coldaisle demo` with a database of its own, takes a token as its administrator does, and runs
Schemathesis over /api/openapi.json: scripts/test interface. Under target/: interface/openapi.json is what was described without
what is left out below, interface/server.log is what the program said.
"""

import html
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request
from pathlib import Path

EXAMPLES = 15
SEED = 20261123
START_S = 240
STOP_S = 20
MOST_S = 300

# What is left out: method (empty for all), path, reason.
LEFT_OUT = [
    ("post", r"/devices/\{id\}/power$", "asks hardware for a power action"),
    ("post", r"/power/", "asks hardware for power actions, or agrees to them"),
    ("put", r"/power/", "makes power actions come by the calendar"),
    ("get", r"/power/intents/\{id\}$", "waits up to a minute when it is asked to"),
    ("", r"/devices/\{id\}/bmc/password", "changes passwords on hardware"),
    ("put", r"/devices/\{id\}/bmc$", "the program would then reach for any address that was made up"),
    ("post", r"/targets$", "the program would then poll any address that was made up"),
    ("put", r"/targets/\{id\}$", "the program would then poll any address that was made up"),
    ("post", r"/targets/\{id\}/read-now$", "polls hardware"),
    ("post", r"/visits", "sends mail"),
    ("post", r"/periods/\{from\}/close$", "sends mail, and a closed month can not be opened again"),
    ("post", r"/periods/\{from\}/corrections$", "sends mail"),
]


def fail(text):
    print(f"tests/schemathesis: {text}", file=sys.stderr)
    raise SystemExit(1)


def start(target, folder, log):
    program = target / "debug" / "coldaisle"
    if not program.exists():
        fail(f"no {program}: run `cargo build` first")
    arguments = [program, "demo", "--dir", folder, "--port", "0", "--days", "2", "--quiet"]
    child = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log, text=True)
    late = threading.Timer(START_S, child.kill)
    late.start()
    try:
        for line in child.stdout:
            if line.startswith("{") and '"url"' in line:
                told = json.loads(line)
                return child, told["url"].rstrip("/"), told["logins"]
    finally:
        late.cancel()
    child.kill()
    fail("`coldaisle demo` did not start; see interface/server.log under target/")


def stop(child):
    child.send_signal(signal.SIGINT)
    try:
        code = child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        fail(f"`coldaisle demo` was still there {STOP_S} s after SIGINT")
    if code != 0:
        fail(f"`coldaisle demo` ended with {code} instead of 0")


def token_of(url, login):
    """A token that may write, taken on the account page."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def page(path, fields=None):
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        with browser.open(url + path, data, timeout=30) as answer:
            return answer.read().decode()

    def csrf(text):
        found = re.search(r'<input type="hidden" name="csrf" value="([0-9a-f]{64})"', text)
        return found.group(1) if found else fail("a page without its form token")

    fields = {"login": login["user"], "password": login["password"], "csrf": csrf(page("/login"))}
    page("/login", fields)
    account = page("/account")
    made = page("/account/tokens", {"name": "interface", "scope": "write", "days": "1", "csrf": csrf(account)})
    found = re.search(r'id="new-token">([^<]+)<', made)
    return html.unescape(found.group(1)) if found else fail("the account page gave no token")


def is_left_out(method, path):
    return any(method == (wanted or method) and re.search(pattern, path) for wanted, pattern, _ in LEFT_OUT)


def described(url, file):
    with urllib.request.urlopen(f"{url}/api/openapi.json", timeout=30) as answer:
        description = json.load(answer)
    kept = 0
    for path, methods in list(description["paths"].items()):
        for method in list(methods):
            if is_left_out(method, path):
                del methods[method]
        kept += len(methods)
        if not methods:
            del description["paths"][path]
    file.write_text(json.dumps(description))
    return kept


def main():
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target")).resolve()
    own = target / "interface"
    own.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="coldaisle-interface-") as folder, open(own / "server.log", "w") as log:
        child, url, logins = start(target, folder, log)
        try:
            login = next((login for login in logins if login["role"] == "administrator"), None)
            token = token_of(url, login or fail("the demo printed no administrator"))
            count = described(url, own / "openapi.json")
            print(f"{count} operations at {url}; left out, as they act outside: {len(LEFT_OUT)} patterns in {__file__}", flush=True)
            command = [
                Path(sys.executable).with_name("schemathesis"), "--no-color", "run", own / "openapi.json", "--url", url,
                "--header", f"Authorization: Bearer {token}", "--header", "Accept-Language: en",
                "--checks", "not_a_server_error", "--phases", "fuzzing", "--max-examples", str(EXAMPLES), "--seed", str(SEED),
                "--workers", "2", "--request-timeout", "30", "--continue-on-failure", "--generation-database", "none",
                "--suppress-health-check", "all",
            ]
            try:
                outcome = subprocess.run(command, timeout=MOST_S, check=False, cwd=own).returncode
            except subprocess.TimeoutExpired:
                fail(f"not done after {MOST_S} s")
            with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:
                answer.read()
        except BaseException:
            child.kill()
            raise
        stop(child)
    if outcome != 0:
        fail(f"Schemathesis ended with {outcome}; its report is above, what the program said is in {own / 'server.log'}")


if __name__ == "__main__":
    main()
