# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo: API users of five vendors get their tokens and lose them again, on simulated vendors.

Each step says what is to be expected, and the demo fails where something else comes. All that Ansible printed, far
more than is shown, is searched for secrets at the end.
"""

from __future__ import annotations

import collections
import os
import signal
import stat
import sys
import textwrap
import time
import typing as t
from pathlib import Path

from stage import VENDORS, Run, Simulators, Stage, link_collection, simulators, until_stopped

HOUR = 3600
BOLD, PLAIN = ("\033[1m", "\033[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("", "")
DIFF_FIELDS = ("state", "fingerprint", "issued_at", "expires_at")


class NotAsExpected(Exception):
    """The demo shows something else than it promises."""


class Story:
    """Tells what happens, and keeps all that was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.run: Run | None = None
        self._chapter = 0

    def tell(self, text: str = "") -> None:
        self.told.append(text)
        print(text, flush=True)

    def chapter(self, title: str, *sentences: str) -> None:
        self._chapter += 1
        self.tell()
        self.told.append(title)
        print(f"{BOLD}{self._chapter}. {title}{PLAIN}", flush=True)
        for line in textwrap.wrap(" ".join(sentences), 100):
            self.tell(f"   {line}")

    def expect(self, what: str, *facts: bool) -> None:
        if not all(facts):
            raise NotAsExpected(what)
        self.tell(f"   -> {what}")


class Demo:
    def __init__(self, story: Story, stage: Stage, vendors: Simulators) -> None:
        self.story = story
        self.stage = stage
        self.vendors = vendors
        self.on_record = ""
        self.page = Path()
        self.table: list[str] = []

    def play(self, playbook: str, *arguments: str, also: Path | None = None, table: bool = True) -> Run:
        """Run a playbook and show the table that it ends with."""
        inventories = "-i examples/inventory -i simulators" + (f" -i {also.name}" if also else "")
        command = f"telephony.auth.{playbook} {' '.join(arguments)}".rstrip()
        between = " " if len(inventories + command) < 80 else " \\\n       "
        self.story.tell(f"   $ ansible-playbook {inventories}{between}{command}")
        run = self.stage.play(f"telephony.auth.{playbook}", *arguments, inventories=[also] if also else [])
        self.story.run = run
        for line in run.table if table else ():
            self.story.tell(f"     {line}")
        return run

    def diff(self, run: Run, host: str) -> None:
        """The diff of one API user, the fields that change."""
        diff = run.users[host].result["diff"]
        self.story.tell(f"     {host}")
        for sign, side in ("-", "before"), ("+", "after"):
            for field in DIFF_FIELDS:
                if diff["before"][field] != diff["after"][field] and diff[side][field] is not None:
                    self.story.tell(f"       {sign} {field}: {diff[side][field]}")

    def asked(self) -> collections.Counter[str]:
        """What the vendors were asked since the last look, by kind of request."""
        asked = collections.Counter(request["operation"] for request in self.vendors.requests())
        self.vendors.forget_requests()
        return asked

    def alive(self) -> dict[str, list[dict[str, t.Any]]]:
        """The live tokens by vendor."""
        by_vendor: dict[str, list[dict[str, t.Any]]] = {vendor: [] for vendor in VENDORS}
        for token in self.vendors.alive():
            by_vendor[token["vendor"]].append(token)
        return by_vendor

    def tell_alive(self, alive: dict[str, list[dict[str, t.Any]]]) -> None:
        self.story.tell("   Live tokens on the vendors' side: " + ", ".join(f"{v} {len(t)}" for v, t in alive.items()))

    def rehearse(self) -> None:
        expect = self.story.expect
        self.story.chapter(
            "What would happen?",
            "The inventory names eleven API users, some with several to a tenant. Check mode tells what is missing,",
            "and asks nothing of the vendors that would issue a token.",
        )
        run = self.play("provision", "--check", "--diff", table=False)
        self.diff(run, "vacd-reports")
        self.diff(run, "acme-john")
        self.story.tell(f"     ... and {len(run.users) - 2} more")
        asked = self.asked()
        expect(
            "All 11 would change. Nothing was issued, no record was written.",
            run.code == 0,
            run.count("changed") == len(run.users) == 11,
            asked["issue"] == asked["revoke"] == 0,
            not self.stage.records.exists(),
            not [token for token in self.vendors.alive() if token["kind"] != "auth"],
        )

    def provision(self) -> None:
        expect = self.story.expect
        self.story.chapter(
            "Give every API user a token",
            "Each vendor has its own idea of a token: permanent, one hour, 24 hours, 100 days, a session or a key.",
            "The playbook is the same for all. A token is never shown, only its fingerprint.",
        )
        run = self.play("provision")
        expect("11 changed: each API user has a token.", run.code == 0, run.count("changed") == len(run.users) == 11)
        self.tell_alive(self.alive())
        files = list(self.stage.records.glob("*.json"))
        self.on_record = "".join(file.read_text(encoding="utf-8") for file in files)
        modes = {stat.S_IMODE(file.stat().st_mode) for file in files}
        expect(
            "11 records on file, readable by their owner alone.",
            len(files) == 11,
            modes == {0o600},
            stat.S_IMODE(self.stage.records.stat().st_mode) == 0o700,
        )
        self.asked()

    def repeat(self) -> None:
        self.story.chapter(
            "Once more",
            "A second run asks each vendor whether the token still works. dialer.rocks has no documented way to ask,",
            "so there the expiry decides.",
        )
        run = self.play("provision")
        asked = self.asked()
        self.story.expect(
            "Nothing changed: 11 ok, and one harmless request for each of the 9 that can be asked.",
            run.code == 0,
            run.count("ok") == len(run.users) == 11,
            asked.total() == 9 == asked["check"] + asked["list"],
        )

    def rotate(self) -> None:
        expect = self.story.expect
        before = self.alive()
        self.story.chapter("Rotate, but look first", "Two RingCX users are to get new tokens now. First in check mode.")
        run = self.play("provision", "--limit", "vacd", "-e", "token_renew=always", "--check", "--diff", table=False)
        self.diff(run, "vacd-reports")
        self.diff(run, "vacd-billing")
        expect(
            "2 would change, and the vendor was not asked to do anything.",
            run.code == 0,
            run.count("changed") == len(run.users) == 2,
            not self.asked(),
            before == self.alive(),
        )
        run = self.play("provision", "--limit", "vacd", "-e", "token_renew=always")
        permanent = {token["token"] for token in before["vacd"] if token["kind"] != "auth"}
        now = {token["token"] for token in self.alive()["vacd"] if token["kind"] != "auth"}
        expect(
            "2 changed: the new tokens were tried, put on record, and then the old ones revoked.",
            run.code == 0,
            run.count("changed") == len(run.users) == 2,
            len(permanent) == len(now) == 2,
            not permanent & now,
        )
        self.asked()

    def report(self) -> None:
        self.story.chapter(
            "What is there?",
            "The report asks stores and vendors, changes nothing, and makes a page of it, for a browser.",
        )
        self.page = self.stage.folder.parent / "report.html"
        run = self.play("report", "-e", f"report_html={self.page}", table=False)
        self.table = run.table
        self.tell_report()
        self.story.expect(
            "11 API users, and a page without a secret.",
            run.code == 0,
            sum(host in line for line in self.table for host in run.users) == 11,
            not [text for text in self.vendors.secret_texts() if text in self.page.read_text(encoding="utf-8")],
            not self.asked()["revoke"],
        )

    def tell_report(self) -> None:
        for line in self.table:
            self.story.tell(f"     {line}")
        self.story.tell(f"   The page: {self.page}")

    def mistype(self) -> None:
        self.story.chapter(
            "A newcomer with a mistyped password",
            "One more Webitel user joins. The others must not suffer, and the message must help.",
        )
        newcomer = self.stage.newcomer(
            "webitel", "newcomer", username="201@mydomain.com", password="webitel-Usre-3MnB6vCx"
        )
        run = self.play("provision", "--limit", "webitel", also=newcomer)
        asked = self.asked()
        self.story.expect(
            "The newcomer failed with the vendor's own words, after a single try. The two others are as they were.",
            run.code == 2,
            run.count("ok") == 2,
            run.users["newcomer"].status == "failed",
            run.users["newcomer"].result["failure"]["code"] == "credentials_refused",
            asked["issue"] == 1,
            len(list(self.stage.records.glob("*.json"))) == 11,
        )

    def revoke(self) -> None:
        expect = self.story.expect
        self.story.chapter(
            "Take everything back",
            "Every token is revoked at its vendor, and its record removed. Kazoo cannot end a single token. For",
            "acme-john the inventory says token_revoke: user, which ends all tokens of that user; the two others get",
            "what Kazoo offers, and a warning. An IPCortex API key is ended in the web interface only.",
        )
        run = self.play("revoke")
        expect("11 changed, and no record is left.", run.code == 0, run.count("changed") == len(run.users) == 11)
        expect(
            "Of what could not be ended, the result says so: revoked is false.",
            not list(self.stage.records.iterdir()),
            {host for host, outcome in run.users.items() if not outcome.result["revoked"]}
            == {"acme-mary", "beta-ann", "ipcortex-operator"},
            "stays valid until" in run.output,
        )
        self.story.chapter("Once more")
        run = self.play("revoke", table=False)
        expect("Nothing changed: 11 ok.", run.code == 0, run.count("ok") == len(run.users) == 11)

    def look_for_survivors(self) -> None:
        expect = self.story.expect
        self.story.chapter("Is anything still alive?", "The simulators know each token that they would still accept.")
        alive = self.alive()
        self.tell_alive(alive)
        logins = [token for token in alive["vacd"] if token["kind"] == "auth"]
        expect(
            "None at Webitel, IPCortex and dialer.rocks.", not alive["webitel"] + alive["ipcortex"] + alive["dialer"]
        )
        expect(
            f"No API token at RingCX; {len(logins)} logins that made some, which nothing can end, live for an hour.",
            len(logins) == len(alive["vacd"]),
        )
        users = sorted(token["user"].lower() for token in alive["kazoo"])
        expect(
            f"At Kazoo those of {' and '.join(users)}, none of john@example.com; they live for an hour, as warned.",
            len(users) == 2,
            not [user for user in users if "john" in user],
        )
        expires = max(token["expires_at"] or time.time() + 10 * HOUR for token in self.vendors.alive())
        expect("All of these end by themselves within the hour.", expires <= time.time() + HOUR)
        self.vendors.ask("POST", "clock", {"advance": HOUR})
        self.story.tell("   The simulators' clock is put forward by one hour.")
        alive = self.alive()
        self.tell_alive(alive)
        expect("Nothing is alive.", not any(alive.values()))

    def search(self) -> None:
        """Find no secret in what was printed. Without any known secret, that would prove nothing."""
        printed = "\n".join([*self.story.told, *self.stage.printed])
        texts = self.vendors.secret_texts()
        self.story.chapter(
            "Was anything given away?",
            "Ansible ran with -vvv and --diff all the time. What it printed is searched for every password, key, hash",
            "and token that the simulators have seen, in several spellings.",
        )
        found = [text for text in texts if text in printed]
        belonging = [text for text in texts if text in self.on_record]
        self.story.expect(
            f"{len(printed):,} characters, {len(texts):,} texts looked for, {len(found)} found.",
            not found,
            len(texts) > 100,
            len(printed) > 100_000,
        )
        self.story.expect(
            f"The same search finds {len(belonging)} in the records of step 3: that is where they belong.",
            len(belonging) >= 11,
        )


def perform(story: Story, folder: Path) -> None:
    story.tell("telephony.auth: which API tokens exist, declared. Five vendors, simulated on this machine.")
    story.chapter("Start the vendors")
    with simulators(folder) as vendors:
        story.tell(f"   The APIs of {', '.join(VENDORS)} listen on {vendors.url}, process {vendors.pid}.")
        stage = Stage(folder, link_collection(folder), vendors)
        stage.write_inventory()
        story.tell(
            "   The inventory is examples/inventory; a second one leads it here and has the passwords, encrypted."
        )
        demo = Demo(story, stage, vendors)
        demo.rehearse()
        demo.provision()
        demo.repeat()
        demo.rotate()
        demo.report()
        demo.mistype()
        demo.revoke()
        demo.look_for_survivors()
        demo.search()
        story.chapter("To look at", "The report of step 6, which was made while all tokens were alive.")
        demo.tell_report()
    story.tell()


def main() -> int:
    started = time.monotonic()
    story = Story()
    try:
        with until_stopped() as folder:
            perform(story, folder)
    except KeyboardInterrupt as interrupt:
        print("\nStopped. The simulators are ended too.", file=sys.stderr)
        return 128 + (interrupt.args[0] if interrupt.args else signal.SIGINT)
    except NotAsExpected as what:
        print(f"\nNOT as expected: {what}", file=sys.stderr)
        if story.run:
            print(f"The last run, exit code {story.run.code}, printed at its end:\n", file=sys.stderr)
            print(story.run.output[-4000:], file=sys.stderr)
        return 1
    seconds = time.monotonic() - started
    story.tell(f"All as promised, in {seconds:.0f} seconds. The simulators are stopped; the page is all that is left.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
