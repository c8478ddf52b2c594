"""`kei-gates report`: a page that a real browser shows, whatever the audit holds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.audit.samples import NO_GIT, decision, denied, granted, returned
from tests.cli.looking import Looking, looking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["looking"]

MARKUP = "</code></script></style></title><script>document.title='hit'</script><img src=x onerror=\"document.title='hit'\"> ' \" & {{ 7 * 7 }}"  # fmt: skip  # noqa: E501 -- one call
BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
in_a_browser = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="NO BROWSER: the page is not shown; install chromium-driver"
)


def page(looking: Looking, *options: str) -> Path:
    out = looking.project / "out.html"
    found = looking.run("report", "--out", str(out), *options)
    assert (found.code, found.err) == (0, "")
    return out


# --- without a browser ------------------------------------------------------------------------


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text outside of style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] not in ("style", "script"):
            self.text += data


def hostile() -> Iterator[dict[str, Any]]:
    """Records with markup wherever an agent could have put it."""
    verdict = {"gate": MARKUP, "outcome": "deny", "reason": MARKUP, "remedy": MARKUP}
    for one in (decision(1), denied(2)):
        yield {
            **one,
            **dict.fromkeys(("agent", "agent_type", "role", "tool", "call", "id"), MARKUP),
        }
    yield denied(3, verdicts=[verdict, {**verdict, "gate": f"{MARKUP}2"}], agent=MARKUP)
    yield returned(4, findings=[{"capability": MARKUP, "message": MARKUP}], agent_type=MARKUP)
    yield denied(5, call="\x00\x1b[31m\ud800\u202egnp.exe\n\tx", tool="\x07")


def test_what_an_agent_wrote_is_text(looking: Looking) -> None:
    looking.has(hostile())
    text = page(looking).read_text()
    elements = Elements(text)
    tags = Counter(tag for tag, _ in elements.found)
    assert tags["img"] == 0
    assert (tags["script"], tags["style"], tags["title"] - tags["g"]) == (1, 1, 1)
    assert not [one for _, one in elements.found if any(name.startswith("on") for name in one)]
    assert elements.text.count(MARKUP) > 10
    assert "\\x00\\x1b[31m\\ud800\\u202egnp.exe\n\tx" in elements.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\ud800]", text)


def test_nothing_is_loaded_from_anywhere(looking: Looking) -> None:
    looking.has([denied(), returned(1)])
    text = page(looking).read_text()
    elements = Elements(text)
    links = [
        value
        for _, attributes in elements.found
        for name, value in attributes.items()
        if name in ("src", "href", "action", "data", "srcset", "xlink:href")
    ]
    assert sorted(filter(None, links)) == ["#stopped", "data:,"]
    assert "url(" not in text
    assert "@import" not in text
    assert "style=" not in text
    policy = next(one for _, one in elements.found if one.get("http-equiv"))["content"] or ""
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_page_goes_where_it_is_told(looking: Looking) -> None:
    looking.has([decision(0), denied(1)])
    found = looking.run("report")
    assert found.out == "kei-gates-report.html: 2 decisions\n"
    made = looking.project / "kei-gates-report.html"
    assert made.stat().st_mode & 0o777 == 0o600
    found = looking.run("report", "--out", str(looking.project / "none/x.html"))
    assert (found.code, found.out) == (64, "")
    assert "its folder is not there" in found.err
    assert looking.run("report", "--out", str(looking.project)).code == 64
    done = subprocess.run(
        [sys.executable, "-m", "kei_gates.cli.main", "report", "--out", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith(b"<!DOCTYPE html>")


def test_a_page_on_nothing_says_so(looking: Looking) -> None:
    text = Elements(page(looking).read_text()).text
    assert "Nothing was." in text
    assert "Who did what when" not in text


# --- in a browser -----------------------------------------------------------------------------


class Browser:
    """A browser that shows pages, and tells of what it could not do and what it asked for."""

    def __init__(self) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = BROWSER or ""
        for one in (
            "headless=new",
            "no-sandbox",
            "disable-gpu",
            "disable-dev-shm-usage",
            "hide-scrollbars",
        ):
            options.add_argument(f"--{one}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        self.driver.execute_cdp_cmd("Network.enable", {})

    def show(self, path: Path, width: int = 1280) -> None:
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self._log("performance")
        self.driver.get(path.as_uri())
        self._path = path

    def _log(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call]
        return found

    def run(self, script: str) -> Any:
        return self.driver.execute_script(f"return {script}")

    def text(self, selector: str) -> str:
        return self.driver.find_element(By.CSS_SELECTOR, selector).text

    def complaints(self) -> list[object]:
        """What stands on the console, and what was asked for beside the page itself."""
        events = [json.loads(one["message"])["message"] for one in self._log("performance")]
        asked = [
            one["params"]["request"]["url"]
            for one in events
            if one["method"] == "Network.requestWillBeSent"
        ]
        assert self._path.as_uri() in asked  # so that what is asked for is seen
        rest = [one for one in asked if one not in (self._path.as_uri(), "data:,")]
        return [*self._log("browser"), *rest]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    made = Browser()
    yield made
    made.driver.quit()


@in_a_browser
def test_injected_markup_is_not_run(looking: Looking, browser: Browser) -> None:
    looking.has(hostile())
    browser.show(page(looking))
    assert browser.complaints() == []
    assert browser.run("document.title").startswith("kei-gates: what was decided in ")
    assert browser.run("document.images.length") == 0
    calls = browser.run("[...document.querySelectorAll('.call')].map(one => one.textContent)")
    assert MARKUP in calls


@in_a_browser
def test_the_policy_of_the_page_holds(looking: Looking, browser: Browser) -> None:
    """Even where markup came through, nothing of it would run or load."""
    looking.has([denied()])
    path = page(looking)
    path.write_text(path.read_text().replace("</main>", f"{MARKUP}</main>"))
    browser.show(path)
    assert browser.run("document.title") != "hit"
    assert browser.complaints()


@in_a_browser
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_window(
    width: int, scheme: str, looking: Looking, browser: Browser
) -> None:
    long = "x" * 700
    wide = {**NO_GIT, "reason": long, "remedy": long, "gate": f"policy::{long[:60]}"}
    looking.has([
        *hostile(),
        denied(6, call=long, tool=long[:90], role=long[:90], agent_type=long[:90], session="f"),
        denied(7, verdicts=[wide, NO_GIT]),
        returned(8, findings=[{"capability": long[:60], "message": long}]),
    ])  # fmt: skip
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.show(page(looking, "--all"), width)
    assert browser.complaints() == []
    assert browser.run("document.documentElement.scrollWidth") == width
    outside = browser.run(
        "[...document.querySelectorAll('main *, header *')].filter(one => !one.closest('thead')"
        f" && one.getBoundingClientRect().right > {width}).map(one => one.outerHTML)"
    )
    assert outside == []
    ground = browser.run("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(251, 251, 250)", "dark": "rgb(21, 24, 28)"}[scheme]


def many(count: int) -> list[dict[str, Any]]:
    """A long log: a hundred agents, a denial in ten, most of them unlike."""
    made = []
    for one in range(count):
        agent = {"agent": f"a{one % 100:03}", "agent_type": f"type-{one % 7}"}
        if one % 10:
            made.append(decision(one * 3, **agent))
        else:
            made.append(denied(one * 3, call=f"git push {one // 20}", **agent))
    return made


@in_a_browser
def test_the_counts_are_those_of_the_audit(looking: Looking, browser: Browser) -> None:
    asked = decision(4, decision="ask", verdicts=[{**NO_GIT, "outcome": "ask"}])
    looking.has([decision(0), denied(1), denied(2), asked, returned(5), granted(6),
                 denied(7, call="git pull", agent="b1")])  # fmt: skip
    browser.show(page(looking))
    assert (browser.text("#total"), browser.text("#denied"), browser.text("#asked")) == (
        "5",
        "3",
        "1",
    )
    rows = browser.run("[...document.querySelectorAll('.stopped tbody tr')].map(r => r.innerText)")
    assert len(rows) == 3
    assert "git pull" in rows[0]
    assert "2 times" in rows[2]
    told = browser.run("[...document.querySelectorAll('.mark')].map(m => m.ariaLabel)")
    assert sum(int(one) for text in told for one in re.findall(r"(\d+) denied", text)) == 3
    assert sum(int(one) for text in told for one in re.findall(r"(\d+) passed", text)) == 1
    assert sum(int(one) for text in told for one in re.findall(r"(\d+) returned", text)) == 1


@in_a_browser
def test_rows_are_filtered(looking: Looking, browser: Browser) -> None:
    other = {**NO_GIT, "gate": "scope::files-denylist", "reason": "`Cargo.toml` matches"}
    looking.has([
        denied(0), denied(1, call="git pull"), denied(2, call="vi Cargo.toml", verdicts=[other]),
        denied(3, call="git add Cargo.toml", verdicts=[NO_GIT, other]),
    ])  # fmt: skip
    browser.show(page(looking))
    shown = (
        "[...document.querySelectorAll('.stopped tbody tr')].filter(r => r.checkVisibility())"
        ".map(r => r.querySelector('.call').textContent)"
    )
    text = browser.driver.find_element(By.ID, "filter-text")
    assert browser.text("#filter-shown") == "4 of 4 rows"
    text.send_keys("GIT add")
    assert browser.run(shown) == ["git add Cargo.toml"]
    assert browser.text("#filter-shown") == "1 of 4 rows"
    text.clear()
    text.send_keys("nothing such")
    assert browser.run(shown) == []
    text.clear()
    text.send_keys(Keys.TAB, "s", Keys.ENTER)  # to the gate, by keyboard alone
    browser.run("document.activeElement.dispatchEvent(new Event('change'))")
    assert browser.run("document.getElementById('filter-gate').value") == "scope::files-denylist"
    assert browser.run(shown) == ["git add Cargo.toml", "vi Cargo.toml"]


@in_a_browser
def test_marks_are_told_by_keyboard(looking: Looking, browser: Browser) -> None:
    looking.has([decision(0), denied(100, agent=None), decision(200), denied(300)])
    browser.show(page(looking))
    keys = webdriver.ActionChains(browser.driver)
    keys.send_keys(Keys.TAB, Keys.TAB).perform()  # past the link to the table
    assert "1 denied\npolicy::no-git-ops: Bash git push origin main" in browser.text("#told")
    keys.send_keys(Keys.ARROW_RIGHT).perform()
    assert browser.text("#told").endswith(": 1 passed")
    keys.send_keys(Keys.TAB).perform()  # one stop for each lane
    assert browser.run("document.activeElement.closest('.lane').innerText").startswith("builder(")
    assert "1 denied" in browser.text("#told")


@in_a_browser
def test_a_long_log_stays_usable(looking: Looking, browser: Browser) -> None:
    looking.has(many(20_000))
    path = page(looking)
    assert path.stat().st_size < 4_000_000
    browser.show(path)
    assert browser.complaints() == []
    assert browser.text("#total") == "20000"
    assert browser.text("#denied") == "2000"
    assert browser.run("performance.getEntriesByType('navigation')[0].duration") < 5000
    assert browser.run("document.querySelectorAll('.lane:not(.axis)').length") == 30
    before = browser.run("performance.now()")
    browser.driver.find_element(By.ID, "filter-text").send_keys("999")
    assert browser.text("#filter-shown").endswith(" of 500 rows")
    assert browser.run("performance.now()") - before < 2000


@in_a_browser
def test_it_prints_without_what_is_for_the_screen(looking: Looking, browser: Browser) -> None:
    looking.has(many(60))
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        browser.show(page(looking))
        hidden = "[...document.querySelectorAll('.filter, #told, .skip')]"
        assert browser.run(f"{hidden}.map(one => one.checkVisibility())") == [False] * 3
        printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
        assert len(printed["data"]) > 10_000
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
