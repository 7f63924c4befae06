"""React Flow as a mirror: it shows what it is given and tells what people do; it decides nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from panel_reactflow import ReactFlow

from vsmlab.apps.canvas.mirror import Plain, types
from vsmlab.apps.canvas.style import flow_style

MIME: Final = "application/x-vsmlab-item"
"""What is dragged from the palette."""


class Flow(ReactFlow):
    """The flow of one canvas.

    Its base keeps editors and a selection of its own, and changes nodes and edges at what the browser says: here
    every message goes to who draws, which answers with nodes and edges. (Version 0.5.1, pinned.)
    """

    def __init__(
        self, told: Callable[[Mapping[str, Any]], None], why_not: Callable[[Plain], str | None]
    ) -> None:
        self._told = told
        super().__init__(
            node_types=types(),
            drop_types=[MIME, "Files"],
            editor_mode="side",
            show_minimap=True,
            enable_delete=False,  # the Delete key is one command of ours: nodes and edges at once
            min_zoom=0.15,
            max_zoom=1.5,
            color_mode="light",  # colours come from around it, light or dark
            popup_trigger="none",
            sizing_mode="stretch_both",
            stylesheets=[flow_style()],
        )
        self.add_connection_validator(why_not)

    def _get_properties(self, doc: Any) -> dict[str, Any]:  # noqa: ANN401 - as the base has it
        properties: dict[str, Any] = super()._get_properties(doc)
        return properties | {"class_name": "ReactFlow"}  # what its bundle exports it by

    def _process_msg(self, msg: dict[str, Any]) -> None:
        kind = msg.get("type")
        if kind in ("connection_validation_requested", "client_error"):
            super()._process_msg(msg)
        elif isinstance(kind, str):
            self._told(msg)

    def present(self, nodes: list[Plain], edges: list[Plain]) -> None:
        """Show these; what does not differ stays as it is."""
        changes: dict[str, Any] = {}
        if nodes != self.nodes:
            changes["nodes"] = nodes
        if edges != self.edges:
            changes["edges"] = edges
        if changes:
            self.param.update(**changes)

    def put_back(self) -> None:
        """Show the nodes again where they are: the browser has moved one that must not be."""
        self._node_update_count += 1

    def mark(self, wanted: set[str]) -> None:
        """Select these nodes, and no others: a node that is there keeps its selection otherwise."""
        for node in self.nodes:
            patch = {"selected": node["id"] in wanted}
            self._send_msg({"type": "patch_node_props", "node_id": node["id"], "patch": patch})

    def _update_node_editors(self, *events: Any) -> None:  # noqa: ANN401
        """There are none: the form is ours."""

    def _update_edge_editors(self, *events: Any) -> None:  # noqa: ANN401
        """There are none."""

    def _update_selected_editor(self, *events: Any) -> None:  # noqa: ANN401
        """There is none."""

    def _update_selection_from_graph(self, *events: Any) -> None:  # noqa: ANN401
        """What is selected is known where it is drawn."""
