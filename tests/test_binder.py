"""What Binder installs is what pyproject.toml says, and what it runs after that works on a clean checkout."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("fast", "app", "notebook", "nightly")
ONLY_BINDER = {"jupyter-server-proxy>=4.4"}


def disagreements(environment: str, project: dict) -> set[str]:
    """Requirements that stand on one side only."""
    extras = project["project"]["optional-dependencies"]
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += [one for name in EXTRAS for one in extras[name] if not one.startswith("vsmlab[")]
    (pip,) = [one["pip"] for one in yaml.safe_load(environment)["dependencies"] if isinstance(one, dict)]
    return set(pip) ^ (set(wanted) | ONLY_BINDER)


@pytest.fixture
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_environments_and_pyproject_agree(project):
    root, binder = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("environment.yml", "binder/environment.yml")
    )
    assert root == binder
    assert disagreements(root, project) == set()
    extras = project["project"]["optional-dependencies"]
    named = {
        name for one in EXTRAS for other in extras[one] for name in re.findall(r"vsmlab\[([\w,]+)\]", other)
    }
    assert {part for name in named for part in name.split(",")} <= set(EXTRAS)


def test_a_changed_pin_and_a_requirement_more_or_less_are_noticed(project):
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    changed = text.replace("panel-reactflow==0.5.1", "panel-reactflow==0.5.2")
    assert disagreements(changed, project) == {"panel-reactflow==0.5.1", "panel-reactflow==0.5.2"}
    assert disagreements(text.replace('      - "networkx>=3.4"\n', ""), project) == {"networkx>=3.4"}
    project["project"]["dependencies"].append("extra>=1")
    assert disagreements(text, project) == {"extra>=1"}


def test_the_python_of_binder_is_one_that_is_supported(project):
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    (python,) = [
        one for one in environment["dependencies"] if isinstance(one, str) and one.startswith("python=")
    ]
    known = [one.rpartition(" ")[2] for one in project["project"]["classifiers"] if "Python :: 3." in one]
    assert python.removeprefix("python=") in known


def test_what_binder_runs_can_be_run():
    for name in ("postBuild", "start"):
        file = ROOT / "binder" / name
        assert os.access(file, os.X_OK)
        assert file.read_text(encoding="utf-8").startswith("#!/bin/bash\n")


def test_post_build_runs_on_a_clean_checkout_without_a_network(tmp_path):
    """In a Python of its own that sees what is installed here, as a conda environment would."""
    pytest.importorskip("hatchling")
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    checkout = tmp_path / "checkout"
    for name in filter(None, files):
        if (ROOT / name).is_file():  # not one that was removed
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, checkout / name)
    own = tmp_path / "python"
    venv.create(own, with_pip=False, symlinks=True)
    (site,) = own.glob("lib/python*/site-packages")
    seen = [path for path in sys.path if path.endswith("site-packages")]
    (site / "others.pth").write_text("\n".join(seen) + "\n", encoding="utf-8")
    environment = {
        "PATH": f"{own / 'bin'}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "PIP_NO_INDEX": "1",  # whatever were missing could not be fetched
        "PIP_IGNORE_INSTALLED": "1",  # the editable install of this checkout stays as it is
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
    done = subprocess.run(
        ["bash", "binder/postBuild"],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (own / "share/jupyter/lab/settings/overrides.json").is_file()
    assert (own / "etc/jupyter/jupyter_server_config.py").is_file()
    assert (tmp_path / "data" / "nbsignatures.db").is_file()
    code = "import vsmlab; print(vsmlab.__file__); run = vsmlab.run('mm3', until=1100.0); print(run.verify().good)"
    shown = subprocess.run(
        [str(own / "bin/python"), "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    where, good = shown.stdout.split()
    assert Path(where).is_relative_to(own)
    assert good == "True"
    assert (own / "bin/vsmlab").is_file()
    assert list(site.glob("vsmlab/_shipped/scenarios/mm3.yaml"))
    assert (site / "vsmlab/apps/jupyter_settings/overrides.json").is_file()
