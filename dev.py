"""The whole developer interface: `python3 dev.py demo | test | check | bench NAME | new-method NAME | methods-page | messages`.

Needs only Python and git.

The first command sets up `.venv` beside this file; after `demo`, the first of the others adds the test packages. Later ones
start at once, until pyproject.toml, the pinned versions, the Python or the place of this folder change. A `.venv` whose set-up
did not finish is made again.
This file also parses on old Pythons (2.7 too), so that it can say which version is needed.
"""

import hashlib
import io
import keyword
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ENV = os.path.join(HERE, ".venv")
MARK = os.path.join(ENV, ".set-up")
PYTHON = os.path.join(ENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
NEEDED = (3, 11)
PINNED = os.path.join(HERE, "constraints", "py%d.%d.txt" % sys.version_info[:2])
JOBS = {
    "demo": [[os.path.join("examples", "01_first_statistic.py")]],
    "test": [["-m", "pytest", "-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]],
    "check": [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        [os.path.join("tools", "house.py")],
        [os.path.join("tools", "layers.py")],
        ["-m", "basedpyright", "--level", "error", "--pythonpath", PYTHON],
    ],
    "messages": [[os.path.join("tools", "messages.py")]],
    "methods-page": [[os.path.join("tools", "methods_page.py")]],
}
USAGE = "usage: python3 dev.py demo | test | check | bench NAME | new-method NAME | methods-page | messages"
METHODS = os.path.join(HERE, "methods")
TEMPLATE = "_template"
NO_VENV = """This Python could not make an environment (its own words are above). It often lacks venv or ensurepip:
  Debian, Ubuntu:  sudo apt install python3-venv
  elsewhere:       the installer from python.org brings both"""


def run(arguments):
    """Run the environment's own Python, whatever the caller's shell has set up; its exit code."""
    env = dict(os.environ, PYTHONIOENCODING="utf-8", PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")
    for name in ("PYTHONHOME", "PYTHONPATH", "PIP_PREFIX", "PIP_TARGET"):
        env.pop(name, None)
    return subprocess.call([PYTHON] + arguments, cwd=HERE, env=env)


def stamp():
    """What an environment is made from, as one word."""
    digest = hashlib.sha256((sys.version + HERE).encode("utf-8", "replace"))
    for path in (os.path.join(HERE, "pyproject.toml"), PINNED):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()


def marked():
    """The stamp of the environment that stands there, and its extras; two empty words when its set-up did not finish."""
    if not (os.path.isfile(MARK) and os.path.isfile(PYTHON)):
        return ["", ""]
    with open(MARK) as file:
        return (file.read().split() + ["", ""])[:2]


def set_up(extras):
    """Make the environment, or add what `demo` did not need: extras are `[]` or `[test]`."""
    wanted, (made_from, has) = stamp(), marked()
    if made_from == wanted and has in (extras, "[test]"):
        return
    adding = made_from == wanted
    print("Adding the test packages to .venv (once) ..." if adding else "Setting up .venv (once; a minute or two) ...")
    sys.stdout.flush()
    if adding:
        os.remove(MARK)
    elif subprocess.call([sys.executable, "-m", "venv", "--clear", ENV]):
        sys.exit(NO_VENV)
    pins = ["--constraint", PINNED] if os.path.isfile(PINNED) else []
    if run(["-m", "pip", "install", "--quiet", "--editable", "." + extras.replace("[]", "")] + pins):
        sys.exit("The packages could not be installed; pip says why, above. The next run starts again.")
    with open(MARK, "w") as file:
        file.write(wanted + " " + extras)


def steps_of(name, rest):
    """The command lines of a job, or the end with a usage line."""
    if name == "bench" and rest:
        script = os.path.join("benchmarks", "bench_" + rest[0] + ".py")
        if os.path.isfile(os.path.join(HERE, script)):
            return [[script] + rest[1:]]
        sys.exit("There is no " + script)
    if name not in JOBS or (rest and name == "check"):
        sys.exit(USAGE)
    return [step + rest for step in JOBS[name]]


def copy_template(name, folder):
    """Copy its files, with the name in them and in theirs."""
    for at, folders, files in os.walk(os.path.join(METHODS, TEMPLATE)):
        folders[:] = sorted(one for one in folders if one != "__pycache__")
        into = os.path.join(folder, os.path.relpath(at, os.path.join(METHODS, TEMPLATE)))
        os.makedirs(into)
        for file in sorted(files):
            with io.open(os.path.join(at, file), encoding="utf-8") as source:
                text = source.read()
            with io.open(os.path.join(into, file.replace(TEMPLATE, name)), "w", encoding="utf-8", newline="\n") as made:
                made.write(text.replace(TEMPLATE, name))


def new_method(name):
    """Copy the template under another name, in its files and in their names; what to do next."""
    folder = os.path.join(METHODS, name)
    if not re.match("[a-z][a-z0-9_]{0,59}\\Z", name) or keyword.iskeyword(name):
        sys.exit("A method is named by at most 60 small letters, digits and _, a letter first: " + USAGE)
    if not os.path.isfile(os.path.join(METHODS, TEMPLATE, "card.toml")):
        sys.exit("There is no template to copy: methods/" + TEMPLATE)
    if os.path.exists(folder):
        sys.exit("There is a method of that name: methods/" + name)
    try:
        copy_template(name, folder)
    except (IOError, OSError) as trouble:
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit("methods/%s cannot be made: %s" % (name, trouble.strerror))
    print("Made methods/%s. Next:" % name)
    print("  1. methods/%s/card.toml: what it estimates and cannot, in your words" % name)
    print("  2. methods/%s/example.toml: a place in which it is a good choice" % name)
    print("  3. methods/%s/__init__.py: its size, its simulator, its analysis" % name)
    print("  4. python3 dev.py test methods/%s" % name)
    print("  5. python3 dev.py check")
    print("  6. python3 dev.py methods-page --measure %s" % name)
    return 0


def main():
    """Run one job; every step of it, even after one fails."""
    if sys.version_info[:2] < NEEDED:
        sys.exit("evidencekit needs Python %d.%d or newer; this is %s" % (NEEDED + (sys.version.split()[0],)))
    name, rest = (sys.argv + [""])[1], sys.argv[2:]
    if name == "new-method" and len(rest) == 1:
        return new_method(rest[0])
    steps = steps_of(name, rest)
    try:
        set_up("[]" if name == "demo" else "[test]")
        codes = [run(step) for step in steps]
    except KeyboardInterrupt:
        return 130
    return ([code for code in codes if code] + [0])[0]


if __name__ == "__main__":
    sys.exit(main())
