"""A page as a whole: it opens at once, says what went wrong with it, and says so when the lab is not there any more."""

from __future__ import annotations

import asyncio
import signal
import threading

import pytest
from browser import SHEET, awaited, open_page, serving, until, violations, window

from vsmlab.lab.report.markup import element

pytest.importorskip("panel")

FLOW = ".react-flow__pane"


class Failing:
    """A sheet that does what no sheet should."""

    def __init__(self):
        self.wrong, self.now = "", 0

    def layout(self):
        return element("div", data_part="told")

    def parts(self):
        if self.wrong == "parts":
            raise RuntimeError("no parts")
        return {"told": element("p", str(self.now))}

    def do(self, what, given):
        self.now += 1
        if what == "fail":
            raise OverflowError("cannot convert float infinity to integer")

    def stamp(self):
        if self.wrong == "stamp":
            raise KeyError("stamp")
        return self.now


def view():
    from vsmlab.apps.view import View

    sheet = Failing()
    made = View(sheet)
    made.said, made.sent = [], []
    made.failed = lambda exc: made.said.append(type(exc).__name__)
    made._send_msg = made.sent.append
    return sheet, made


def test_whatever_a_sheet_raises_is_said_and_the_page_goes_on():
    sheet, made = view()
    awaited(made._answer("fail", {}))
    assert made.said == ["OverflowError"]
    assert made.sent[-1] == {"parts": {"told": "<p>1</p>"}}
    sheet.wrong = "parts"
    awaited(made._answer("more", {}))
    assert made.said == ["OverflowError", "RuntimeError"]
    sheet.wrong = ""
    awaited(made._answer("more", {}))
    assert made.sent[-1] == {"parts": {"told": "<p>3</p>"}}


def test_what_fails_again_and_again_by_itself_is_said_once():
    sheet, made = view()
    sheet.wrong = "stamp"
    for _ in range(5):
        awaited(made._look())
    assert made.said == ["KeyError"]
    sheet.wrong = "parts"
    sheet.now = 7
    awaited(made._look())
    assert made.said == ["KeyError", "RuntimeError"]
    sheet.wrong = ""
    sheet.now = 8
    awaited(made._look())
    assert made.sent == [{"parts": {"told": "<p>8</p>"}}]


def test_what_takes_long_is_said_until_it_is_done():
    sheet, made = view()
    heard, go_on = [], threading.Event()

    def working(on):
        heard.append(on)
        go_on.set()

    made.working = working
    sheet.do = lambda what, given: go_on.wait(30)
    awaited(made._answer("long", {}))
    assert heard == [True, False]
    sheet.do = lambda what, given: None
    awaited(made._answer("short", {}))
    assert heard == [True, False]


def test_a_page_that_cannot_be_built_says_why():
    from vsmlab.apps.opening import Opening
    from vsmlab.apps.pages import PAGES

    def build():
        raise OverflowError("<b>infinity")

    opening = Opening(PAGES[0], build)
    opening.sent = []
    opening._send_msg = opening.sent.append
    awaited(opening._open())
    assert opening.sent == [{"heading": "This cannot be shown", "lead": ""}]
    assert "OverflowError: &lt;b&gt;infinity" in opening.body[0].layout
    opening.failed(ValueError("two\nlines" + 500 * "x"))
    assert "ValueError: two lines" in opening.sent[-1]["wrong"]
    assert len(opening.sent[-1]["wrong"]) < 500


def test_a_sheet_is_built_while_other_pages_go_on():
    from vsmlab.apps.opening import Opening
    from vsmlab.apps.pages import PAGES, Shown

    go_on = threading.Event()

    def build():
        return Shown("Built" if go_on.wait(10) else "The others had to wait", Failing())

    opening = Opening(next(page for page in PAGES if page.route == "/compare"), build)
    opening.sent = []
    opening._send_msg = opening.sent.append

    async def meanwhile():
        asyncio.get_running_loop().call_soon(go_on.set)
        await opening._open()

    awaited(meanwhile())
    assert opening.sent == [{"heading": "Built", "lead": ""}]


def test_a_page_says_its_heading_and_what_went_wrong_with_it(page, served):
    open_page(page, served, "/runs")
    assert page.title() == "Runs – vsmlab"
    assert page.get_by_role("heading", level=1).inner_text() == "Runs"
    page.evaluate("vsmlabPage.working(true)")
    page.get_by_text("Working on it …").wait_for()
    page.evaluate("vsmlabPage.wrong('It went <b>wrong</b>')")
    wrong = page.get_by_role("alert").filter(has_text="It went <b>wrong</b>")
    wrong.wait_for()
    assert violations(page) == []
    wrong.get_by_role("button", name="Close").click()
    until(lambda: page.locator("#wrong").is_hidden(), "it is put away")


@pytest.mark.parametrize("route", ["/", "/runs", "/sweep", "/compare", "/live", "/run"])
def test_no_page_of_text_scrolls_sideways_in_a_narrow_window(chromium, served, route):
    with window(chromium, served, width=320) as narrow:
        open_page(narrow, served, route)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


def banner(page):
    return page.locator("#gone")


def test_when_the_lab_is_gone_every_page_says_so_and_comes_back_with_it(chromium, tmp_path):
    folder = tmp_path / "here"
    with serving(folder) as lab, window(chromium, lab) as front:
        pages = [front, *(front.context.new_page() for _ in range(2))]
        for page, (route, said, shown) in zip(
            pages, (("/", {}, SHEET), ("/canvas", {"scenario": "mm3"}, FLOW), ("/live", {"scenario": "mm3"}, SHEET)),
            strict=True,
        ):  # fmt: skip
            page.set_default_timeout(30_000)
            open_page(page, lab, route, wait_for=shown, **said)
            assert banner(page).inner_text() == ""
        lab.process.send_signal(signal.SIGINT)
        lab.process.wait(20)
        for page in pages:
            banner(page).get_by_text("The lab is not there any more; nothing you do here is kept.").wait_for()
            assert banner(page).get_attribute("role") == "alert"
            assert page.locator("main").evaluate("main => main.inert")
            assert page.evaluate("document.activeElement.textContent") == "Reload"
        assert "kept as a draft" in banner(pages[1]).inner_text()
        assert "draft" not in banner(front).inner_text()
        assert violations(front) == []
        again = banner(front).get_by_role("button", name="Reload")
        again.click()
        banner(front).get_by_text("The lab is not there yet.").wait_for()
        with serving(folder, port=lab.port, token="another-token-than-before"):
            again.click()
            banner(front).get_by_text("open the address that it printed").wait_for()
        with serving(folder, port=lab.port):
            again.click()
            until(lambda: banner(front).inner_text() == "", "the page is loaded anew")
            front.locator(SHEET).wait_for()
            assert not front.locator("main").evaluate("main => main.inert")


def test_whoever_types_the_address_without_the_rest_is_led_to_the_lab_that_is_known(page, served):
    open_page(page, served, "/runs")
    page.goto(f"http://127.0.0.1:{served.port}/compare?a=x")
    page.locator(SHEET).wait_for()
    assert page.url == served.address("/compare", a="x")
    page.context.clear_cookies()
    page.goto(f"http://127.0.0.1:{served.port}/")
    page.get_by_text("403: open the address").wait_for()
    page.get_by_role("link", name="Go to the lab").wait_for()
    assert violations(page) == []
    page.watch.errors.clear()  # of the refusals themselves
    page.watch.elsewhere.clear()


def test_another_port_of_this_machine_is_not_given_the_cookie(page, served):
    open_page(page, served, "/")
    (cookie,) = [one for one in page.context.cookies() if one["name"].startswith("vsmlab-")]
    assert cookie["path"] == served.origin.rpartition(str(served.port))[2]
    assert page.context.cookies("http://127.0.0.1:1/") == []
    assert page.context.cookies(f"http://127.0.0.1:{served.port}/") == []
