"""The whole developer interface: `python3 dev.py demo | test | check | bench NAME`. Needs only Python and git.

The first command sets up `.venv` beside this file; later ones start at once until pyproject.toml, the constraints or Python change.
This file also parses on old Pythons, so that it can say which version is needed.
"""

import hashlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ENV = os.path.join(HERE, ".venv")
NEEDED = (3, 11)
JOBS = {
    "demo": [[os.path.join("examples", "01_first_statistic.py")]],
    "test": [["-m", "pytest"]],
    "check": [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        [os.path.join("tools", "house.py")],
        ["-m", "basedpyright", "--level", "error"],
        [os.path.join("tools", "layers.py")],
    ],
}


def python():
    """The environment's interpreter."""
    return os.path.join(ENV, "Scripts", "python.exe") if sys.platform == "win32" else os.path.join(ENV, "bin", "python")


def constraints():
    """The pinned versions for this Python, where there are some."""
    path = os.path.join(HERE, "constraints", "py%d.%d.txt" % sys.version_info[:2])
    return path if os.path.isfile(path) else None


def stamp():
    """What the environment depends on."""
    digest = hashlib.sha256(sys.version.encode("utf-8"))
    for path in (os.path.join(HERE, "pyproject.toml"), constraints()):
        if path:
            with open(path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()


def set_up():
    """Make or renew the environment; one whose set-up did not finish has no mark and is made again."""
    import venv

    mark = os.path.join(ENV, ".set-up")
    wanted = stamp()
    if os.path.isfile(mark):
        with open(mark) as file:
            if file.read() == wanted:
                return
    print("Setting up .venv (once, about a minute) ...", flush=True)
    try:
        venv.create(ENV, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ImportError):
        sys.exit("Python came without ensurepip, which makes environments. On Debian or Ubuntu: sudo apt install python3-venv")
    command = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", ".[test]"]
    if constraints():
        command += ["--constraint", constraints()]
    if subprocess.call(command, cwd=HERE):
        sys.exit("The packages could not be installed; the next run starts again. pip says why, above.")
    with open(mark, "w") as file:
        file.write(wanted)


def main():
    """Run one job."""
    if sys.version_info[:2] < NEEDED:
        sys.exit("evidencekit needs Python %d.%d or newer; this is %s" % (NEEDED + (sys.version.split()[0],)))
    name, rest = (sys.argv + [""])[1], sys.argv[2:]
    if name == "bench" and rest:
        steps, rest = [[os.path.join("benchmarks", "bench_%s.py" % rest[0])]], rest[1:]
    elif name in JOBS:
        steps = JOBS[name]
    else:
        sys.exit("usage: python3 dev.py demo | test | check | bench NAME")
    set_up()
    failed = 0
    for step in steps:
        failed |= subprocess.call([python()] + step + rest, cwd=HERE)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
