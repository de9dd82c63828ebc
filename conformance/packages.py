"""Installs the official SDKs from their registries, into the build folder."""

import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()
CACHE = TARGET / "conformance"


def node(*scripts):
    """The folder with the Node SDK. The scripts go there: Node looks for packages beside them."""
    folder = CACHE / "node"
    folder.mkdir(parents=True, exist_ok=True)
    lock = HERE / "package-lock.json"
    installed = folder / "package-lock.json"
    if not (folder / "node_modules").exists() or installed.read_bytes() != lock.read_bytes():
        for name in ["package.json", "package-lock.json"]:
            (folder / name).write_bytes((HERE / name).read_bytes())
        command = ["npm", "ci", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=folder, check=True)
    for script in scripts:
        (folder / script.name).write_bytes(script.read_bytes())
    return folder


def python():
    """A Python that has the Python SDK."""
    venv = CACHE / "python"
    command = str(venv / "bin" / "python")
    if not os.path.exists(command):
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    install = [command, "-m", "pip", "install", "--quiet", "--requirement"]
    subprocess.run([*install, str(HERE / "requirements.txt")], check=True)
    return command
