"""Jupyter's proxy starts `vsmlab app` when somebody opens vsmlab/ on a Binder, and passes everything on to it.

The app answers nobody but its own address, and whoever brings its token. Here Jupyter's own login stands before it, so
the token need not be secret, and the proxy speaks with the app's own address.
"""

import sys
from pathlib import Path

TOKEN = "guarded-by-jupyter"  # noqa: S105

c.ServerProxy.servers = {  # type: ignore[name-defined]  # noqa: F821
    "vsmlab": {
        "command": [str(Path(sys.executable).with_name("vsmlab")), "app", "--no-browser", "--port", "{port}"],
        "environment": {"VSMLAB_APP_TOKEN": TOKEN},
        "timeout": 120,
        "request_headers_override": {"Host": "127.0.0.1:{port}", "Origin": "http://127.0.0.1:{port}"},
        "launcher_entry": {"title": "vsmlab", "path_info": f"vsmlab/?token={TOKEN}"},
    }
}
