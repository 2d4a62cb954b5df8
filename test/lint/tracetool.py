"""Runs QEMU's tracetool.py on each text of a JSON array; prints what it says of each, or null.

    python tracetool.py SCRIPTS < texts.json

The main program is called as the build calls it, for the header and for the source, but in one
process: starting Python takes most of the time.
"""

import contextlib
import importlib.util
import io
import json
import os
import sys
import tempfile

scripts = sys.argv[1]
sys.path.insert(0, scripts)
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("main", os.path.join(scripts, "tracetool.py"))
main = importlib.util.module_from_spec(spec)
spec.loader.exec_module(main)


def refusal(events, output):
    for format in ("h", "c"):
        arguments = ["--format=" + format, "--backends=log,simple", "--group=test", events, output]
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                main.main(["tracetool.py", *arguments])
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {error}"
    return None


with tempfile.TemporaryDirectory() as folder:
    events = os.path.join(folder, "trace-events")
    said = []
    for text in json.load(sys.stdin):
        with open(events, "w", newline="", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        said.append(refusal(events, os.path.join(folder, "out")))
json.dump(said, sys.stdout)
