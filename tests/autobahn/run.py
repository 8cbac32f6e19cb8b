"""Runs Autobahn|Testsuite's fuzzing client against the echo server that has the real socket's bounds.

usage: run.py WSTEST ECHO   (WSTEST from PyPI `autobahntestsuite`, which runs on CPython 2.7 only)
Fails when a case ends otherwise than expected.json says. `run.py WSTEST ECHO --record` writes that file.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

EXPECTED = Path(__file__).with_name("expected.json")
# Compression, which we do not offer; and messages above our limit of 64 KiB.
LEFT_OUT = ["12.*", "13.*", "9.3.*", "9.4.*", "9.5.*", "9.6.*"] + [f"9.{group}.{case}" for group in (1, 2) for case in range(2, 10)]


def main() -> int:
    wstest, echo = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([echo], stdout=subprocess.PIPE, text=True)
        try:
            address = server.stdout.readline().strip()
            spec = {
                "outdir": f"{folder}/report",
                "servers": [{"agent": "chinwag", "url": f"ws://{address}"}],
                "cases": ["*"],
                "exclude-cases": LEFT_OUT,
                "exclude-agent-cases": {},
            }
            (Path(folder) / "spec.json").write_text(json.dumps(spec))
            command = [wstest, "-m", "fuzzingclient", "-s", f"{folder}/spec.json"]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            results = json.loads((Path(folder) / "report" / "index.json").read_text())["chinwag"]
        finally:
            server.terminate()
            server.wait()
    found = {case: [result["behavior"], result["behaviorClose"]] for case, result in results.items()}
    found = dict(sorted(found.items(), key=lambda item: [int(part) for part in item[0].split(".")]))
    if "--record" in sys.argv:
        lines = ",\n".join(f" {json.dumps(case)}: {json.dumps(result)}" for case, result in found.items())
        EXPECTED.write_text("{\n" + lines + "\n}\n")
    return report(found, json.loads(EXPECTED.read_text()))


def report(found: dict, expected: dict) -> int:
    other = {case: result for case, result in found.items() if expected.get(case) != result}
    missing = sorted(set(expected) - set(found))
    failed = [case for case, result in found.items() if "FAILED" in result]
    print(f"{len(found)} cases; as expected: {len(found) - len(other)}; failed: {len(failed)}")
    for case, result in other.items():
        print(f"  {case}: {result}, expected {expected.get(case)}")
    if missing:
        print(f"  not run: {missing}")
    return 1 if other or missing or failed else 0


if __name__ == "__main__":
    sys.exit(main())
