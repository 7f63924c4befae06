"""What a person does at a canvas, in a browser: drags, joins, types; and what is seen then."""

from __future__ import annotations

from browser import until

PANE = ".react-flow__pane"


class Hands:
    """Hands at one canvas.

    Args:
        page: The window.
    """

    def __init__(self, page):
        self.page = page

    def node(self, name):
        return self.page.locator(f".react-flow__node[data-id='{name}']")

    def nodes(self):
        return set(
            self.page.locator(".react-flow__node").evaluate_all("all => all.map(one => one.dataset.id)")
        )

    def edges(self):
        return set(
            self.page.locator(".react-flow__edge").evaluate_all("all => all.map(one => one.dataset.id)")
        )

    def there(self, *names):
        until(lambda: set(names) <= self.nodes() | self.edges(), f"{names} are there")

    def gone(self, *names):
        until(lambda: not set(names) & (self.nodes() | self.edges()), f"{names} are gone")

    def port(self, node, name, way):
        """Where a port is, once it stands still: the view may be moving."""
        handle = self.page.locator(f".react-flow__handle.{way}[data-nodeid='{node}'][data-handleid='{name}']")
        seen = []

        def still():
            seen.append(handle.bounding_box())
            return len(seen) > 2 and seen[-1] is not None and seen[-1] == seen[-2] == seen[-3]

        until(still, f"port {name} of {node} stands still")
        box = seen[-1]
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drop(self, kind, x, y):
        """Drag an item of the palette to a point of the pane."""
        item = self.page.locator(f"[data-item='{kind}']")
        item.scroll_into_view_if_needed()
        item.drag_to(self.page.locator(PANE), target_position={"x": x, "y": y})

    def line(self, source, source_port, target, target_port):
        """Drag from one port to another, and let go when the flow knows what may be."""
        x, y = self.port(source, source_port, "source")
        to_x, to_y = self.port(target, target_port, "target")
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 15, y + 15, steps=3)
        mouse.move(to_x, to_y, steps=8)
        known = self.page.locator(
            ".react-flow__handle.rf-handle-valid, .react-flow__handle.rf-handle-invalid"
        )
        until(lambda: known.count() > 0, "the flow knows which ports can receive")
        mouse.move(to_x + 1, to_y, steps=2)
        until(lambda: self.page.locator(".react-flow__handle.connectingto").count(), "the port is reached")
        mouse.up()

    def pick(self, name):
        self.node(name).locator(".rf-node-label").click()
        until(
            lambda: "selected" in (self.node(name).get_attribute("class") or "").split(),
            f"{name} is selected",
        )

    def field(self, place):
        return self.page.locator(f"[id='at-{place}']")

    def says(self, text):
        """The live region says so."""
        until(lambda: text in self.page.locator("[data-part=told]").inner_text(), f"told: {text}")

    def press(self, name, **more):
        self.page.get_by_role("button", name=name, **more).first.click()

    def undo_says(self, label):
        until(
            lambda: self.page.get_by_role("button", name=f"Undo: {label}", exact=True).count(),
            f"undo {label}",
        )
