# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTML page in a real browser, as a file on disk."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from pathlib import Path

import pytest
from fleet import HOSTILE
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

URGENCIES = ["problem", "overdue", "soon", "ok"]
COLUMNS = [
    "Urgency",
    "API user",
    "Tenant",
    "Vendor",
    "Next action",
    "Token",
    "Issued",
    "Expires",
    "Store",
    "Other tokens",
]
WIDTHS = [390, 1024, 1440]
SCHEMES = ["light", "dark"]
# What each column sorts by; the first of a cell's texts where nothing else is said
KEYS = {
    "Urgency": lambda row: URGENCIES.index(row["urgency"]),
    "API user": lambda row: natural(row["name"]),
    "Tenant": lambda row: " ".join(row["tenants"]),
    "Vendor": lambda row: row["vendor"] or "",
    "Store": lambda row: f"{row['store']} {row['place']}" if row["store"] else "",
    "Token": lambda row: natural(row["fingerprint"] or ""),
    "Issued": lambda row: row["issued_at"] or "",
    "Expires": lambda row: row["expires_at"] or "",
    "Next action": lambda row: row["next_action_at"] or "",
    "Other tokens": lambda row: len(row["retiring"]) + len(row["unmanaged"] or []) or "",
}
LUMINANCE_AND_CONTRAST = """
const rgb = (color) => { const c = document.createElement("canvas").getContext("2d"); c.fillStyle = color;
  c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
const luminance = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * x + .7152 * y + .0722 * z; };
const behind = (element) => { for (let e = element; e; e = e.parentElement) { const color = rgb(getComputedStyle(e).backgroundColor);
  if (color[3] === 255) return color; } return [255, 255, 255]; };
return [...document.querySelectorAll("h1, h2, p, b, small, .badge, .tile span, td, th button, .legend li, label, output, summary, code, a, .pager span")]
  .filter((element) => element.checkVisibility() && element.textContent.trim())
  .map((element) => { const [a, b] = [luminance(rgb(getComputedStyle(element).color)), luminance(behind(element))];
    return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), element.outerHTML.slice(0, 120)]; });
"""

# What is out of its element or of the window, unless it can be scrolled there
CUT = """
const scrolls = (element) => element && element !== document.body &&
  (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
const boxes = [[document.documentElement, "body *"], ...[...document.querySelectorAll(".tile, .card")].map((box) => [box, "*"])];
return boxes.flatMap(([box, inner]) => [...box.querySelectorAll(inner)].filter((element) => {
  if (!element.checkVisibility() || scrolls(element) || element.closest("symbol, svg svg")) return false;
  const [part, whole] = [element.getBoundingClientRect(), box.getBoundingClientRect()];
  return part.width && (part.left < whole.left - 1 || part.right > whole.right + 1);
}).map((element) => element.outerHTML.slice(0, 120)));
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
        script = "return [...document.querySelectorAll('.user')].filter((user) => user.checkVisibility()).map((user) => user.firstChild.data)"
        return self.driver.execute_script(script)

    def resize(self, width, height=1000):
        """Until the end of the test."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

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


@pytest.fixture(autouse=True)
def _usual_window(browser):
    yield
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


@pytest.fixture
def window(browser, reported):
    """The page of the fleet. Whatever a test does with it, the console stays empty, and nothing but the file is loaded."""
    opened = Window(browser, reported.html)
    opened.media(prefers_color_scheme="light")
    yield opened
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


def numbers(window, kind):
    """What the marks of one kind stand for, of which none covers another."""
    marks = window.all(f".timeline .{kind}")
    sides = [(mark.rect["x"], mark.rect["x"] + mark.rect["width"]) for mark in marks]
    assert all(end <= begin for (_begin, end), (begin, _end) in itertools.pairwise(sides))
    # Text that is drawn has an end, too
    wide = "return [...arguments[0].querySelectorAll('text')].every((text) => text.getBBox().width < 28)"
    assert all(window.driver.execute_script(wide, mark) for mark in marks)
    return [int(mark.text or 1) for mark in marks]


def test_timeline(window, reported):
    events = reported.json["timeline"]
    for kind in ("rotates", "expires", "retires"):
        assert sum(numbers(window, kind)) == len([event for event in events if event["event"] == kind]) > 0
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
    window.find("[type=search]").send_keys(Keys.TAB)
    reached = []
    for _column in COLUMNS:
        reached.append(window.driver.switch_to.active_element.text)
        window.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert reached == COLUMNS


def test_filter_box(window, reported):
    box = window.find("[type=search]")
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
    window.find("[type=search]").send_keys("billing")
    assert window.names() == ["vacd-billing"]
    window.head("API user").find_element(By.TAG_NAME, "button").click()
    assert window.names() == ["vacd-billing"]
    window.find("[type=search]").clear()
    tile.send_keys(Keys.ENTER)
    assert len(window.names()) == 18
    assert window.find(".tile").get_attribute("aria-pressed") == "true"


def brightness(color):
    return sum(int(part) for part in re.findall(r"\d+", color)[:3])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_light_and_dark(window, width, scheme):
    window.resize(width)
    window.media(prefers_color_scheme=scheme)
    paper, ink = brightness(window.style("body", "background-color")), brightness(window.style("body", "color"))
    assert (paper > ink) == (scheme == "light")
    assert abs(paper - ink) > 500
    measured = window.driver.execute_script(LUMINANCE_AND_CONTRAST)
    assert len(measured) > 200
    assert [each for each in measured if each[0] < 4.5] == []


@pytest.mark.parametrize("run", ["reported", "hostile", "big"])
def test_nothing_is_cut_off(browser, request, run):
    """Neither a tile, nor what is in a card, such as the table, nor the page, at any width, be it light or dark."""
    window = Window(browser, request.getfixturevalue(run).html)
    cut = {}
    for width, scheme in itertools.product([*WIDTHS, 320, 800, 1021, 1201, 1920], SCHEMES):
        window.resize(width)
        window.media(prefers_color_scheme=scheme)
        page = window.driver.execute_script("return document.documentElement.scrollWidth")
        cut[width, scheme] = window.driver.execute_script(CUT), max(page - width, 0)
    assert {where: found for where, found in cut.items() if found != ([], 0)} == {}


def test_table_has_room_to_spare_where_it_is_narrowest(browser, big):
    """Letters are wider on other machines, and an inventory may have a long path, which is a word of the command."""
    window = Window(browser, big.html)
    window.resize(1021)
    (table,) = window.all("table")
    least = """
    document.querySelectorAll(".command span").forEach((word) => { word.textContent = "/inventories".repeat(20); });
    arguments[0].style.width = "min-content";
    return arguments[0].getBoundingClientRect().width;
    """
    assert window.driver.execute_script(least, table) < 0.95 * 1021


@pytest.mark.parametrize("scheme", SCHEMES)
def test_rows_are_cards_on_a_phone(window, reported, scheme):
    """The next action comes first; no row stands beside another, and the head still sorts."""
    window.resize(390)
    window.media(prefers_color_scheme=scheme)
    tops = "return [...arguments[0].cells].filter((cell) => cell.checkVisibility()).map((cell) => [cell.getBoundingClientRect().top, cell.className])"
    bottom = 0
    for row, known in zip(window.all("tbody tr"), reported.json["rows"], strict=True):
        cells = sorted(window.driver.execute_script(tops, row))
        assert {name for _top, name in cells[:2]} == {"action", "urgency"}
        assert cells[2][1] == "user"
        assert row.text.startswith(known["next_action"]) or row.text.startswith(known["urgency"])
        assert row.rect["y"] >= bottom
        bottom = row.rect["y"] + row.rect["height"]
    window.head("API user").find_element(By.TAG_NAME, "button").click()
    assert window.names()[0] == "acme-john"


@pytest.mark.parametrize("width", WIDTHS)
def test_tenants(window, reported, width):
    window.resize(width)
    rows = reported.json["rows"]
    names = [option.text for option in window.all("option")]
    assert names == ["all", *reported.json["summary"]["tenants"]] == ["all", "acme", "globex", "initech", "resellers"]
    Select(window.find("select")).select_by_visible_text("globex")
    assert window.names() == [row["name"] for row in rows if "globex" in row["tenants"]]
    assert window.find("output").text == "5 of 18"
    window.find("[type=search]").send_keys("kazoo")
    assert window.names() == ["globex-ivr", "globex-left"]
    window.find("[type=search]").clear()
    window.find(".tile.soon").click()
    assert window.names() == ["vacd-wallboard"]
    figures = window.find("[aria-labelledby=tenants] dl").text.split("\n")
    assert figures == ["acme", "6", "globex", "5", "initech", "5", "resellers", "1"]


def test_rows_in_groups_by_tenant(window, reported):
    box = window.find("[type=checkbox]")
    box.click()
    heads = [head.text for head in window.all("tbody .group")]
    assert heads == ["acme 6", "globex 5", "initech 4", "initech, resellers 1", "no tenant 2"]
    rows = reported.json["rows"]
    wanted = sorted(rows, key=lambda row: (not row["tenants"], row["tenants"]))
    assert window.names() == [row["name"] for row in wanted]
    # Within the groups, rows are sorted as before and as is asked for
    window.head("API user").find_element(By.TAG_NAME, "button").click()
    assert window.names()[:3] == ["acme-john", "acme-mary", "vacd-billing"]
    box.click()
    assert window.names() == sorted(window.names())
    assert window.all("tbody .group") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_command_is_copied(window, reported, width):
    window.resize(width)
    commands = {row["name"]: row["command"] for row in reported.json["rows"] if row["command"]}
    assert [code.text.replace("\n", " ") for code in window.all("code")] == list(commands.values())
    window.find("[type=search]").send_keys("acme-mary")
    window.find(".command button").click()
    assert window.find(".command button").text == "Copied"
    window.find("[type=search]").send_keys(Keys.CONTROL + "av")
    assert window.find("[type=search]").get_property("value") == commands["acme-mary"]
    assert commands["acme-mary"] == "ansible-playbook -i inventory.yml telephony.auth.provision --limit acme-mary"


def test_links_lead_to_the_other_files(window):
    links = {link.text: link.get_attribute("href") for link in window.all("a")}
    assert links == {kind: window.path.with_suffix(f".{kind.lower()}").as_uri() for kind in ("CSV", "JSON")}


def test_print(window):
    """Light, whatever the screen is, without what is of no use on paper, and with the head on each page."""
    window.media(media="print", prefers_color_scheme="dark")
    assert brightness(window.style("body", "background-color")) == 3 * 255
    assert brightness(window.style("body", "color")) < 200
    assert not window.find("[type=search]").is_displayed()
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
        assert not window.find("[type=search]").is_displayed()
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
    window.find("[type=search]").send_keys("<img src=x")
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
    """Rows come in pages of 50; sorting and filters are over all."""
    window = Window(browser, big.html)
    assert len(window.names()) == 50
    window.head("Issued").find_element(By.TAG_NAME, "button").click()
    oldest_first = [f"user-{number}" for number in reversed(range(1000))]
    previous, following = window.all(".pager button")
    assert not previous.is_enabled()
    seen = window.names()
    while following.is_enabled():
        following.click()
        seen += window.names()
    assert seen == oldest_first
    assert window.find(".pager span").text == "951 to 1000 of 1000"
    previous.click()
    assert window.names() == oldest_first[900:950]
    Select(window.find("select")).select_by_visible_text("tenant7")
    assert window.names() == [name for name in oldest_first if int(name.split("-")[1]) % 20 == 7]
    assert not window.find(".pager").is_displayed()
    Select(window.find("select")).select_by_visible_text("all")
    window.find("[type=search]").send_keys("user-99")
    assert len(window.names()) == 11
    assert window.complaints() == []


def test_a_thousand_in_groups(browser, big):
    window = Window(browser, big.html)
    window.find("[type=checkbox]").click()
    assert [each.text for each in window.all("tbody .group") if each.is_displayed()] == ["tenant0 50"]
    window.all(".pager button")[1].click()
    assert [each.text for each in window.all("tbody .group") if each.is_displayed()] == ["tenant1 50"]
    assert len(window.names()) == 50


def test_a_thousand_on_paper(browser, big):
    window = Window(browser, big.html)
    window.media(media="print")
    assert len(window.names()) == 1000


def test_dense_stretches_of_the_timeline_have_numbers(browser, big):
    window = Window(browser, big.html)
    found = numbers(window, "rotates")
    assert sum(found) == len(big.json["timeline"])
    assert min(found) > 1


@pytest.mark.parametrize(("width", "height"), [(390, 1900), (1024, 1100), (1440, 1000)])
def test_screenshot(window, tmp_path, request, width, height):
    """With --screenshots=FOLDER the pictures are kept, as the documentation has them."""
    path = Path(request.config.getoption("--screenshots") or tmp_path, f"report-{width}.png")
    window.resize(width, height)
    path.write_bytes(window.driver.get_screenshot_as_png())
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size < 300_000
