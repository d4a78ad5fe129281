# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTML page in a real browser, as a file on disk."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from fleet import HOSTILE
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

URGENCIES = ["problem", "overdue", "soon", "ok"]
COLUMNS = [
    "Urgency",
    "API user",
    "Vendor",
    "Store",
    "Token",
    "Issued",
    "Expires",
    "Next action",
    "Retiring",
    "Unmanaged",
]
# What each column sorts by; the first of a cell's texts where nothing else is said
KEYS = {
    "Urgency": lambda row: URGENCIES.index(row["urgency"]),
    "API user": lambda row: natural(row["name"]),
    "Vendor": lambda row: row["vendor"] or "",
    "Store": lambda row: f"{row['store']} {row['place']}" if row["store"] else "",
    "Token": lambda row: natural(row["fingerprint"] or ""),
    "Issued": lambda row: row["issued_at"] or "",
    "Expires": lambda row: row["expires_at"] or "",
    "Next action": lambda row: row["next_action_at"] or "",
    "Retiring": lambda row: min((each["revoke_at"] for each in row["retiring"]), default=""),
    "Unmanaged": lambda row: len(row["unmanaged"] or []) or "",
}
LUMINANCE_AND_CONTRAST = """
const rgb = (color) => { const c = document.createElement("canvas").getContext("2d"); c.fillStyle = color;
  c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
const luminance = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * x + .7152 * y + .0722 * z; };
const behind = (element) => { for (let e = element; e; e = e.parentElement) { const color = rgb(getComputedStyle(e).backgroundColor);
  if (color[3] === 255) return color; } return [255, 255, 255]; };
return [...document.querySelectorAll("h1, h2, p, b, small, .badge, .tile span, td, th button, .legend li, label, output, summary")]
  .filter((element) => element.checkVisibility() && element.textContent.trim())
  .map((element) => { const [a, b] = [luminance(rgb(getComputedStyle(element).color)), luminance(behind(element))];
    return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), element.outerHTML.slice(0, 120)]; });
"""


def natural(text):
    """Numbers in it compare as numbers."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", text.lower()) if part]


class Window:
    """A page in the browser, and what a user sees of it."""

    def __init__(self, driver, path):
        self.driver = driver
        self.path = path
        driver.get_log("browser")
        driver.get_log("performance")
        driver.get(path.as_uri())

    def media(self, media="screen", **features):
        told = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": told})

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def names(self):
        """The rows that are shown, from top to bottom."""
        script = "return [...document.querySelectorAll('tbody tr')].filter((row) => row.checkVisibility()).map((row) => row.cells[1].firstChild.data)"
        return self.driver.execute_script(script)

    def head(self, column):
        return self.all("thead th")[COLUMNS.index(column)]

    def style(self, selector, name):
        return self.find(selector).value_of_css_property(name)

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        told = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [each["params"] for each in told if each["method"] == "Network.requestWillBeSent"]
        # Less what the browser's own start page may still load
        return [each["request"]["url"] for each in sent if not each["documentURL"].startswith("chrome")]


@pytest.fixture
def window(browser, reported):
    """The page of the fleet. Whatever a test does with it, the console stays empty, and nothing but the file is loaded."""
    opened = Window(browser, reported.html)
    opened.media(prefers_color_scheme="light")
    yield opened
    opened.media(media="")
    assert opened.complaints() == []
    assert opened.requests() == [reported.html.as_uri()]


@pytest.mark.parametrize("tag", ["style", "script"])
def test_policy_names_what_is_in_the_page(reported, tag):
    """Where this fails, the template has to name the hash that is expected here."""
    text = reported.html.read_text(encoding="utf-8")
    (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    expected = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    assert re.findall(f"{tag}-src '(.*?)'", text) == [f"sha256-{expected}"]


def test_renders(window, reported):
    assert window.driver.title == "API tokens"
    assert [head.text.split("\n")[0] for head in window.all("thead th")] == COLUMNS
    assert window.names() == [row["name"] for row in reported.json["rows"]]
    counts = reported.json["summary"]["counts"]
    tiles = [tile.text.split("\n") for tile in window.all(".tile")]
    wanted = [
        ["18", "API users"],
        *([str(counts[flag]), flag] for flag in ("ok", "soon", "overdue", "problem", "unmanaged")),
    ]
    assert tiles == wanted
    # Style is applied, and no column is cut off
    assert window.style(".tile", "border-top-left-radius") == "10px"
    assert window.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_timeline(window, reported):
    events = reported.json["timeline"]
    for kind in ("rotates", "expires", "retires"):
        days = {event["day"] for event in events if event["event"] == kind}
        marks = window.all(f".timeline .{kind}")
        assert len(marks) == len(days) > 0
        middles = [mark.rect["x"] + mark.rect["width"] / 2 for mark in marks]
        assert middles == sorted(middles)
    assert len(window.all("details li")) == len(events)
    assert not window.find("details li").is_displayed()
    window.find("summary").click()
    assert window.find("details li").is_displayed()


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("how", ["click", "keyboard"])
def test_sorting(window, reported, column, how):
    key = KEYS[column]
    rows = {row["name"]: row for row in reported.json["rows"]}
    directions = ["ascending", "descending", "ascending"][column == "Urgency" :]
    for direction in directions:
        button = window.head(column).find_element(By.TAG_NAME, "button")
        if how == "click":
            button.click()
        else:
            window.driver.execute_script("arguments[0].focus()", button)
            window.driver.switch_to.active_element.send_keys(Keys.ENTER if direction == "ascending" else Keys.SPACE)
        assert [head.get_attribute("aria-sort") for head in window.all("thead th")] == [
            direction if each == column else "none" for each in COLUMNS
        ]
        values = [key(rows[name]) for name in window.names()]
        known = [value for value in values if value not in ("", [])]
        assert values[: len(known)] == sorted(known, reverse=direction == "descending")
        assert len(values) == 18


def test_heads_are_reached_with_the_tab_key(window):
    window.find("input").send_keys(Keys.TAB)
    reached = []
    for _column in COLUMNS:
        reached.append(window.driver.switch_to.active_element.text)
        window.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert reached == COLUMNS


def test_filter_box(window, reported):
    box = window.find("input")
    box.send_keys("WEBITEL")
    assert window.names() == ["webitel-unknown", "webitel-200", "webitel-201", "webitel-202", "webitel-queue"]
    assert window.find("output").text == "5 of 18"
    box.send_keys(" revoke  ")
    assert window.names() == ["webitel-queue"]
    box.send_keys("nonsense")
    assert window.names() == []
    assert window.find("output").text == "0 of 18"
    box.send_keys(Keys.CONTROL + "a", Keys.BACKSPACE)
    assert len(window.names()) == 18


def test_tiles_filter_too(window):
    tile = window.find(".tile.unmanaged")
    tile.click()
    assert window.names() == ["vacd-archive", "vacd-billing"]
    assert [each.get_attribute("aria-pressed") for each in window.all(".tile")] == ["false"] * 5 + ["true"]
    window.find("input").send_keys("billing")
    assert window.names() == ["vacd-billing"]
    window.head("API user").find_element(By.TAG_NAME, "button").click()
    assert window.names() == ["vacd-billing"]
    window.find("input").clear()
    tile.send_keys(Keys.ENTER)
    assert len(window.names()) == 18
    assert window.find(".tile").get_attribute("aria-pressed") == "true"


def brightness(color):
    return sum(int(part) for part in re.findall(r"\d+", color)[:3])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(window, scheme):
    window.media(prefers_color_scheme=scheme)
    paper, ink = brightness(window.style("body", "background-color")), brightness(window.style("body", "color"))
    assert (paper > ink) == (scheme == "light")
    assert abs(paper - ink) > 500
    measured = window.driver.execute_script(LUMINANCE_AND_CONTRAST)
    assert len(measured) > 200
    assert [each for each in measured if each[0] < 4.5] == []


def test_print(window):
    """Light, whatever the screen is, without what is of no use on paper, and with the head on each page."""
    window.media(media="print", prefers_color_scheme="dark")
    assert brightness(window.style("body", "background-color")) == 3 * 255
    assert brightness(window.style("body", "color")) < 200
    assert not window.find("input").is_displayed()
    assert not window.find("details").is_displayed()
    assert window.style("thead", "display") == "table-header-group"
    assert len(window.names()) == 18
    sheet = {"preferCSSPageSize": True, "printBackground": True}
    paper = base64.b64decode(window.driver.execute_cdp_cmd("Page.printToPDF", sheet)["data"])
    assert paper.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 3


def test_without_script(browser, reported):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        window = Window(browser, reported.html)
        assert not window.find("input").is_displayed()
        assert [row.text.split("\n")[0] for row in window.all("tbody th")] == [
            row["name"] for row in reported.json["rows"]
        ]
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert window.complaints() == []


def test_hostile_texts(browser, hostile):
    window = Window(browser, hostile.html)
    assert window.driver.title == "API tokens"
    assert len(window.names()) == len(HOSTILE)
    assert HOSTILE["markup"] in window.find("tbody").text
    window.find("input").send_keys("<img src=x")
    assert window.names() == ["hostile-markup"]
    assert window.complaints() == []
    assert window.requests() == [hostile.html.as_uri()]


def test_policy_stops_what_is_not_the_page_s(browser, reported, tmp_path):
    """The policy is no decoration: script, style and image that somebody brings in do nothing."""
    alien = "<script>document.title = 'owned'</script><style>h1 { display: none }</style><img src='alien.png'>"
    path = tmp_path / "alien.html"
    path.write_text(reported.html.read_text(encoding="utf-8").replace("<main>", f"{alien}<main>"), encoding="utf-8")
    window = Window(browser, path)
    assert window.driver.title == "API tokens"
    assert window.find("h1").is_displayed()
    assert len([each for each in window.complaints() if "Content Security Policy" in each]) == 3


def test_a_thousand(browser, big):
    window = Window(browser, big.html)
    assert len(window.names()) == 1000
    window.head("Issued").find_element(By.TAG_NAME, "button").click()
    assert window.names() == [f"user-{number}" for number in reversed(range(1000))]
    window.find("input").send_keys("user-99")
    assert len(window.names()) == 11
    assert window.complaints() == []


@pytest.mark.parametrize("width", [400, 800, 1280, 1400, 1920])
def test_widths(window, width):
    """The page itself never scrolls sideways; the table may."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    window.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        assert window.driver.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        window.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_screenshot(window, tmp_path, request):
    """With --screenshot=PATH the picture is kept, as the documentation has it."""
    path = Path(request.config.getoption("--screenshot") or tmp_path / "report.png")
    size = {"width": 1440, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    window.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        path.write_bytes(window.driver.get_screenshot_as_png())
    finally:
        window.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert path.read_bytes().startswith(b"\x89PNG")
