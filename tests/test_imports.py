"""What `import vsmlab` brings, and what it does not."""

import inspect
import subprocess
import sys

import pytest

import vsmlab

HEAVY = [
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "numba",
    "holoviews",
    "panel",
    "bokeh",
    "simpy",
    "pydantic",
    "yaml",
]


def modules_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has after running the code."""
    told = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    answer = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(answer.stdout.split())


def test_importing_vsmlab_brings_nothing_heavy():
    assert modules_after("import vsmlab").isdisjoint(HEAVY)


def test_the_check_would_see_what_is_heavy():
    assert "numpy" in modules_after("import vsmlab; vsmlab.run")


def test_a_run_brings_neither_pandas_nor_numba_nor_plots():
    ran = "import vsmlab; run = vsmlab.run('mm3', until=1100.0); run.verify()"
    assert modules_after(ran).isdisjoint(["numba", "holoviews", "panel", "bokeh"])


def test_what_is_exported_is_what_all_says():
    public = [name for name in vars(vsmlab) if not name.startswith("_")]
    assert set(vsmlab.__all__) == set(vsmlab._WHERE)
    assert sorted(vsmlab.__all__) == vsmlab.__all__
    modules = {name for name in public if inspect.ismodule(getattr(vsmlab, name))}
    behind = {"annotations", "TYPE_CHECKING", "Any", *vsmlab._OPTIONAL}
    assert set(public) - modules - behind <= set(vsmlab.__all__)
    assert set(vsmlab.__all__) <= set(dir(vsmlab))


def test_what_is_listed_is_what_is_public():
    told = "import vsmlab; vsmlab.load('mm3'); print(*dir(vsmlab))"
    answer = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert set(answer.stdout.split()) == {*vsmlab.__all__, "Canvas", "Live", "notebook"}


@pytest.mark.parametrize("name", vsmlab.__all__)
def test_every_exported_name_is_there_and_says_what_it_is(name):
    member = getattr(vsmlab, name)
    assert inspect.getdoc(member)
    assert member.__module__ == vsmlab._WHERE[name]
    if inspect.isclass(member):
        public = [
            (key, value)
            for key, value in vars(member).items()
            if not key.startswith("_") and (callable(value) or isinstance(value, property))
        ]
        assert [key for key, value in public if not inspect.getdoc(value)] == []


def test_a_name_that_is_not_there_is_refused_as_python_does():
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        vsmlab.runn  # noqa: B018
