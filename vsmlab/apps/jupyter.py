"""Where a notebook can be opened: in a JupyterLab that runs on this machine already."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit


def notebook_address(path: Path) -> str:
    """The address of a notebook in a JupyterLab that runs here; empty if there is none that shows its folder."""
    try:
        from jupyter_server.serverapp import list_running_servers
    except ImportError:
        return ""
    try:
        servers = list(list_running_servers())
    except (OSError, ValueError):
        return ""
    for server in servers:
        url, root = str(server.get("url", "")), str(server.get("root_dir", ""))
        if urlsplit(url).scheme not in ("http", "https") or not root:
            continue
        try:
            inside = path.resolve().relative_to(Path(root).resolve())
        except (OSError, ValueError):
            continue
        token = str(server.get("token", ""))
        query = f"?{urlencode({'token': token})}" if token else ""
        return f"{url.rstrip('/')}/lab/tree/{quote(inside.as_posix())}{query}"
    return ""
